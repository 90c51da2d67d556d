import type { Workflow, WorkflowContext } from '../engine/workflow.ts';
import type { Json } from '../kernel/json.ts';
import type { Stage } from '../kernel/verdict.ts';
import { dataKey, requirementsOf, runData } from '../lifecycle/data/index.ts';
import { type DeploymentInputs, deploymentKey, runDeployment } from '../lifecycle/deployment/index.ts';
import { type EvaluationInputs, evaluationKey, runEvaluation } from '../lifecycle/evaluation/index.ts';
import { problemKey, runProblem } from '../lifecycle/problem/index.ts';
import type { LifecycleContext, StageResult, StageScope } from '../lifecycle/stage-scope.ts';
import { runTesting, type TestingInputs, testingKey } from '../lifecycle/testing/index.ts';
import { runTraining, type TrainingInputs, trainingKey } from '../lifecycle/training/index.ts';
import { carryOutStage, recordStep } from './carry-out-stage.ts';
import type { ProjectDocument } from './document/project-document.ts';
import { readDocument } from './document/read-document.ts';
import { projectClock } from './project-clock.ts';
import { recordProject } from './record-project.ts';

/** Name under which the engine knows the carrying out of a project. */
export const APPLY = 'apply';

/** What an execution of `apply` is given. */
export interface ApplyInput {
  readonly yaml: string;
  readonly files: Readonly<Record<string, string>>;
  /** Folder of tend.yaml on the machine that carries it out. */
  readonly projectDir: string;
  /** Id of the principal that asked for it: the author of whatever needs an approval. */
  readonly author: string;
}

/** The life of a model as one durable execution: each stage takes what those before it hand on. */
export function applyWorkflow(ctx: LifecycleContext): Workflow {
  return {
    name: APPLY,
    run: async (workflow, input) => {
      try {
        return await apply(ctx, workflow, input as unknown as ApplyInput);
      } finally {
        ctx.examples.clear();
      }
    },
  };
}

async function apply(ctx: LifecycleContext, workflow: WorkflowContext, input: ApplyInput): Promise<Json> {
  const { document, hash } = readDocument(input.yaml);
  const project = document.name;
  const scope: StageScope = {
    ...ctx,
    project,
    projectDir: input.projectDir,
    files: input.files,
    projectClock: await projectClock(ctx.db, document),
    workflow,
  };
  await recordProject(scope, { document, hash, yaml: input.yaml, author: input.author });
  const life = new Life(scope, document, hash, input.author);
  const data = await life.data();
  if (data.verdict !== 'pass') {
    await life.skip(['training', 'evaluation', 'testing', 'deployment'], 'the data was refused');
    return { verdict: 'fail', stage: 'data', reason: data.reason };
  }
  const training = await life.training(data.outputs);
  const evaluation = await life.evaluation(data.outputs, training.outputs);
  const testing = await life.testing(data.outputs, training.outputs);
  const deployment = await life.deployment({ data, training, evaluation, testing });
  return { verdict: deployment.verdict, stage: 'deployment', reason: deployment.reason };
}

type Outcome<F extends (...args: never[]) => Promise<StageResult<object>>> = Awaited<ReturnType<F>>;

/** The stages of one project, each by the parts of the document that are its own. */
class Life {
  readonly #scope: StageScope;
  readonly #document: ProjectDocument;
  readonly #specHash: string;
  readonly #author: string;

  constructor(scope: StageScope, document: ProjectDocument, specHash: string, author: string) {
    this.#scope = scope;
    this.#document = document;
    this.#specHash = specHash;
    this.#author = author;
  }

  async data(): Promise<Outcome<typeof runData>> {
    const { problem, owner, kind, data, split } = this.#document;
    const scope = this.#scope;
    const asked = { problem, owner, kind };
    await carryOutStage(scope, {
      ...{ stage: 'problem', key: problemKey(scope, asked), actor: this.#author, keepFailure: true },
      run: () => runProblem(scope, asked),
    });
    const inputs = { data, split, requires: requirementsOf(problem.requires) };
    return carryOutStage(scope, {
      ...{ stage: 'data', key: await dataKey(scope, inputs), actor: this.#author, keepFailure: true },
      run: () => runData(scope, inputs),
    });
  }

  async training(data: TrainingInputs['data']): Promise<Outcome<typeof runTraining>> {
    const { training, split, kind } = this.#document;
    const dataHash = data.versions[data.features.source]?.hash ?? '';
    const inputs = { training, split, kind, data, dataHash, specHash: this.#specHash };
    return carryOutStage(this.#scope, {
      ...{ stage: 'training', key: trainingKey(this.#scope, inputs), actor: this.#author, keepFailure: true },
      run: () => runTraining(this.#scope, inputs),
    });
  }

  async evaluation(
    data: EvaluationInputs['data'],
    training: EvaluationInputs['training'],
  ): Promise<Outcome<typeof runEvaluation>> {
    const { problem, evaluation, split, kind, training: spec } = this.#document;
    const inputs: EvaluationInputs = {
      ...{ kind, split, data, training },
      criteria: problem.criteria,
      baseline: problem.baseline as EvaluationInputs['baseline'],
      slices: evaluation?.slices ?? [],
      compareChampion: evaluation?.compare === 'champion',
      seed: spec.seed,
    };
    return carryOutStage(this.#scope, {
      ...{ stage: 'evaluation', key: await evaluationKey(this.#scope, inputs), actor: this.#author, keepFailure: true },
      run: () => runEvaluation(this.#scope, inputs),
    });
  }

  async testing(
    data: TestingInputs['data'],
    training: TestingInputs['training'],
  ): Promise<Outcome<typeof runTesting>> {
    const { problem, evaluation, testing, split, kind, training: spec } = this.#document;
    const inputs: TestingInputs = {
      ...{ kind, split, data, training },
      criteria: problem.criteria,
      testing: testing ?? {},
      slices: evaluation?.slices ?? [],
      seed: spec.seed,
    };
    return carryOutStage(this.#scope, {
      ...{ stage: 'testing', key: testingKey(this.#scope, inputs), actor: this.#author, keepFailure: false },
      run: () => runTesting(this.#scope, inputs),
    });
  }

  async deployment(before: {
    readonly data: Outcome<typeof runData>;
    readonly training: Outcome<typeof runTraining>;
    readonly evaluation: Outcome<typeof runEvaluation>;
    readonly testing: Outcome<typeof runTesting>;
  }): Promise<Outcome<typeof runDeployment>> {
    const { problem, deployment, governance } = this.#document;
    const rule = governance?.approve?.production;
    const stages = (['data', 'training', 'evaluation', 'testing'] as const).map((stage) => {
      const { verdict, reason } = before[stage];
      return { stage, verdict, reason };
    });
    const scope = this.#scope;
    const inputs: DeploymentInputs = {
      deployment,
      criteria: problem.criteria,
      approval: rule === undefined ? null : { by: rule.by, notAuthor: rule.not === 'author' },
      stages,
      judged: [...before.evaluation.outputs.criteria, ...before.testing.outputs.criteria],
      data: before.data.outputs,
      training: before.training.outputs,
      author: this.#author,
      onWaiting: (reason, evidence) =>
        recordStep(scope, 'deployment.waiting', {
          ...{ project: scope.project, stage: 'deployment', key: deploymentKey(scope, inputs), actor: this.#author },
          ...{ verdict: 'waiting', reason: `waits for ${reason}`, evidence, outputs: {} },
          executionId: scope.workflow.executionId,
        }),
    };
    return carryOutStage(scope, {
      ...{ stage: 'deployment', key: deploymentKey(scope, inputs), actor: this.#author, keepFailure: false },
      run: () => runDeployment(scope, inputs),
    });
  }

  async skip(stages: readonly Stage[], because: string): Promise<void> {
    for (const stage of stages) {
      await recordStep(this.#scope, `${stage}.skipped`, {
        ...{ project: this.#scope.project, stage, key: null, actor: this.#author, verdict: 'skipped' },
        ...{ reason: `skipped because ${because}`, evidence: [], outputs: {} },
        executionId: this.#scope.workflow.executionId,
      });
    }
  }
}

