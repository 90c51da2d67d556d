import type { Workflow } from '../engine/workflow.ts';
import { asJson, type Json } from '../kernel/json.ts';
import {
  EXIT,
  type ExitPorts,
  type ExitRequest,
  exitRequest,
  runExit,
} from '../lifecycle/decommissioning/index.ts';
import type { LifecycleContext, StageResult, StageScope } from '../lifecycle/stage-scope.ts';
import { findExitProject } from './exit-project.ts';
import { recordFailure, recordStep } from './carry-out-stage.ts';

/** The workflow that retires a version, an endpoint or a project, and makes it the verdict of its stage. */
export function exitWorkflow(ctx: LifecycleContext, ports: ExitPorts): Workflow {
  return {
    name: EXIT,
    run: async (workflow, input): Promise<Json> => {
      const request = exitRequest.parse(input);
      const { project, document, clock } = await findExitProject(ctx.db, request);
      const scope: StageScope = {
        ...ctx,
        project,
        projectDir: '',
        files: {},
        projectClock: clock,
        workflow,
      };
      const actor = request.actor;
      await recordStep(scope, 'decommissioning.start', {
        stage: 'decommissioning',
        key: null,
        actor,
        verdict: 'running',
        reason: `${request.kind} ${request.name} is on its way out`,
        evidence: [],
        outputs: {},
      });
      try {
        const result = await runExit(scope, { request, spec: document.decommissioning ?? {} }, ports);
        await recordVerdict(scope, request, result);
        return asJson(result);
      } catch (error) {
        await recordFailure(scope, { stage: 'decommissioning', key: null, actor }, error);
        throw error;
      }
    },
  };
}

/** The latest exit speaks for the stage; certificates of earlier ones stay with it. */
async function recordVerdict(
  scope: StageScope,
  request: ExitRequest,
  result: StageResult<object>,
): Promise<void> {
  const earlier = await certificates(scope);
  const own = new Set(result.evidence);
  await recordStep(scope, 'decommissioning.verdict', {
    stage: 'decommissioning',
    key: null,
    actor: request.actor,
    verdict: result.verdict,
    reason: result.reason,
    evidence: [...earlier.filter((id) => !own.has(id)), ...result.evidence],
    outputs: asJson(result.outputs),
  });
}

async function certificates(scope: StageScope): Promise<string[]> {
  const rows = await scope.db.query
    .selectFrom('tombstone')
    .select(['certificate', 'at'])
    .where('project', '=', scope.project)
    .where('certificate', '!=', '')
    .orderBy('at')
    .orderBy('name')
    .execute();
  return rows.map((row) => row.certificate);
}
