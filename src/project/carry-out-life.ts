import type { WorkflowContext } from '../engine/workflow.ts';
import type { Json } from '../kernel/json.ts';
import type { Stage } from '../kernel/verdict.ts';
import { type DataOutputs, dataKey, runData } from '../lifecycle/data/index.ts';
import {
  type DeploymentInputs,
  type DeploymentOutputs,
  deploymentKey,
  releaseAnswers,
  runDeployment,
} from '../lifecycle/deployment/index.ts';
import { evaluationKey, evaluationKeyOfChampion, runEvaluation } from '../lifecycle/evaluation/index.ts';
import { monitoringKey, runMonitoring } from '../lifecycle/monitoring/index.ts';
import { problemKey, runProblem } from '../lifecycle/problem/index.ts';
import type { LifecycleContext, StageResult, StageScope } from '../lifecycle/stage-scope.ts';
import { runTesting, testingKey } from '../lifecycle/testing/index.ts';
import { runTraining, type TrainingOutputs, trainingKey } from '../lifecycle/training/index.ts';
import { carryOutStage, recordFailure, recordStep } from './carry-out-stage.ts';
import type { ApplyInput } from './apply-input.ts';
import { govern } from './govern.ts';
import type { ProjectDocument } from './document/project-document.ts';
import { readDocument } from './document/read-document.ts';
import { appliedClock } from './project-clock.ts';
import { recordProject } from './record-project.ts';
import {
  dataInputs,
  evaluationInputs,
  monitoringInputs,
  problemInputs,
  testingInputs,
  trainingInputs,
} from './stage-inputs.ts';

/** The life of a model as one durable execution: each stage takes what those before it hand on. */
export async function carryOutLife(
  ctx: LifecycleContext,
  workflow: WorkflowContext,
  input: ApplyInput,
): Promise<Json> {
  try {
    return await apply(ctx, workflow, input);
  } finally {
    ctx.examples.clear();
  }
}

/** One project being carried out, by whose order. */
interface Life {
  readonly scope: StageScope;
  readonly document: ProjectDocument;
  readonly specHash: string;
  readonly author: string;
}

async function apply(ctx: LifecycleContext, workflow: WorkflowContext, input: ApplyInput): Promise<Json> {
  const { yaml, files, projectDir, author } = input;
  const { document, hash: specHash } = readDocument(yaml);
  const clock = await appliedClock(ctx.db, document, specHash);
  const scope: StageScope = {
    ...ctx,
    project: document.name,
    projectDir,
    files,
    projectClock: clock,
    workflow,
  };
  await recordProject(scope, { document, hash: specHash, yaml, author });
  const life: Life = { scope, document, specHash, author };
  await problemStage(life);
  const data = await dataStage(life);
  if (data.verdict !== 'pass') {
    await skip(life, ['training', 'evaluation', 'testing', 'deployment'], 'the data was refused');
    return { verdict: 'fail', stage: 'data', reason: data.reason };
  }
  const training = await trainingStage(life, data.outputs);
  const evaluation = await evaluationStage(life, data.outputs, training.outputs);
  const testing = await testingStage(life, data.outputs, training.outputs);
  const deployment = await deploymentStage(life, { data, training, evaluation, testing });
  if (deployment.verdict === 'pass') {
    await monitoringStage(life, data.outputs, training.outputs, evaluation.outputs.test);
    const { outputs } = training;
    await govern(scope, { document, data: data.outputs, training: outputs, actor: author });
  }
  return { verdict: deployment.verdict, stage: 'deployment', reason: deployment.reason };
}

async function problemStage({ scope, document, author: actor }: Life): Promise<void> {
  const inputs = problemInputs(document);
  const run = () => runProblem(scope, inputs);
  const key = problemKey(scope, inputs);
  await carryOutStage(scope, { stage: 'problem', key, actor, keepFailure: true, run });
}

async function dataStage({ scope, document, author: actor }: Life) {
  const inputs = dataInputs(document);
  const run = () => runData(scope, inputs);
  // A source that cannot be read has no key, and is a failure of this stage all the same.
  const key = await dataKey(scope, inputs).catch(async (error: unknown) => {
    await recordFailure(scope, { stage: 'data', key: null, actor }, error);
    throw error;
  });
  return carryOutStage(scope, { stage: 'data', key, actor, keepFailure: true, run });
}

async function trainingStage({ scope, document, specHash, author: actor }: Life, data: DataOutputs) {
  const inputs = trainingInputs(document, specHash, data);
  const run = () => runTraining(scope, inputs);
  const key = trainingKey(scope, inputs);
  return carryOutStage(scope, { stage: 'training', key, actor, keepFailure: true, run });
}

async function evaluationStage(
  { scope, document, author: actor }: Life,
  data: DataOutputs,
  training: TrainingOutputs,
) {
  const inputs = evaluationInputs(document, data, training);
  const run = () => runEvaluation(scope, inputs);
  const key = await evaluationKey(scope, inputs);
  const alsoKey = evaluationKeyOfChampion(scope, inputs);
  return carryOutStage(scope, { stage: 'evaluation', key, alsoKey, actor, keepFailure: true, run });
}

async function testingStage(
  { scope, document, author: actor }: Life,
  data: DataOutputs,
  training: TrainingOutputs,
) {
  const inputs = testingInputs(document, data, training);
  const run = () => runTesting(scope, inputs);
  const key = testingKey(scope, inputs);
  return carryOutStage(scope, { stage: 'testing', key, actor, keepFailure: false, run });
}

type Result<Run extends (...args: never[]) => Promise<StageResult<object>>> = Awaited<ReturnType<Run>>;

/** What the stages before deployment came to. */
interface Before {
  readonly data: Result<typeof runData>;
  readonly training: Result<typeof runTraining>;
  readonly evaluation: Result<typeof runEvaluation>;
  readonly testing: Result<typeof runTesting>;
}

async function deploymentStage({ scope, document, author }: Life, before: Before) {
  const rule = document.governance?.approve?.production;
  const stages = (['data', 'training', 'evaluation', 'testing'] as const).map((stage) => {
    const { verdict, reason } = before[stage];
    return { stage, verdict, reason };
  });
  const inputs: DeploymentInputs = {
    deployment: document.deployment,
    criteria: document.problem.criteria,
    approval: rule === undefined ? null : { by: rule.by, notAuthor: rule.not === 'author' },
    stages,
    judged: [...before.evaluation.outputs.criteria, ...before.testing.outputs.criteria],
    data: before.data.outputs,
    training: before.training.outputs,
    author,
    onWaiting: (occasion, reason, evidence) =>
      recordStep(scope, `deployment.waiting:${occasion}`, {
        stage: 'deployment',
        key,
        actor: author,
        verdict: 'waiting',
        reason: `waits for ${reason}`,
        evidence,
        outputs: {},
      }),
  };
  const key = deploymentKey(scope, inputs);
  const run = () => runDeployment(scope, inputs);
  const holds = (kept: DeploymentOutputs) => releaseAnswers(scope.db, kept);
  return carryOutStage(scope, { stage: 'deployment', key, actor: author, keepFailure: false, holds, run });
}

async function monitoringStage(
  { scope, document, author: actor }: Life,
  data: DataOutputs,
  training: TrainingOutputs,
  test: Readonly<Record<string, number | null>>,
): Promise<void> {
  const inputs = monitoringInputs(document, data, training, test);
  const run = () => runMonitoring(scope, inputs);
  const key = monitoringKey(scope, inputs);
  await carryOutStage(scope, { stage: 'monitoring', key, actor, keepFailure: false, run });
}

async function skip({ scope, author }: Life, stages: readonly Stage[], because: string): Promise<void> {
  for (const stage of stages) {
    await recordStep(scope, `${stage}.skipped`, {
      stage,
      key: null,
      actor: author,
      verdict: 'skipped',
      reason: `skipped because ${because}`,
      evidence: [],
      outputs: {},
    });
  }
}
