import type { Change, Project, StatusAnswer } from './answer.ts';

type StageChange = Extract<Change, { kind: 'stage' }>;

/**
 * The status with one stage changed. A project that is not in it yet leaves it as it was: a refetch brings
 * it.
 */
export function applyChange(status: StatusAnswer, change: StageChange): StatusAnswer {
  return {
    ...status,
    projects: status.projects.map((project) =>
      project.name === change.project ? changed(project, change) : project,
    ),
  };
}

function changed(project: Project, { stage, verdict, reason }: StageChange): Project {
  return {
    ...project,
    stages: project.stages.map((one) => (one.stage === stage ? { ...one, verdict, reason } : one)),
  };
}
