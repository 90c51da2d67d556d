import type { Evidence } from './schema.gen.ts';

/**
 * Operations of live models, in the form of the generated file. Whatever the generated file declares under
 * the same name takes the place of what stands here (`operations.ts`).
 */

interface IncidentShape {
  readonly id: string;
  readonly project: string;
  /** `drift`, `criterion:still-good`, `quality:flights:delay`, `requests`, `outcomes`, `monitor:…`. */
  readonly cause: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly state: 'open' | 'acknowledged' | 'resolved';
  readonly owner: string;
  readonly title: string;
  readonly whatToDo: string;
  /** How often the cause was found while it was open. */
  readonly seen: number;
  /** Ids, oldest first; the last of a closed one is its proof. */
  readonly evidence: readonly string[];
  readonly release: string | null;
  /** Times are of the project clock, milliseconds UTC. */
  readonly openedAt: number;
  readonly lastAt: number;
  readonly acknowledgedBy: string | null;
  readonly resolvedAt: number | null;
  readonly resolvedBy: string | null;
  readonly resolution: string | null;
  readonly createdAt: number;
}

interface ActionShape {
  readonly id: string;
  readonly project: string;
  readonly incident: string;
  readonly kind: 'alert' | 'retrain' | 'roll_back' | 'fall_back' | 'throttle' | 'stop';
  readonly state: 'waiting' | 'done' | 'dry-run' | 'vetoed' | 'limited' | 'failed';
  /** Project clock. */
  readonly at: number;
  /** Until then a person may veto it; null: it did not wait. */
  readonly dueAt: number | null;
  /** What came of it, or why it was not done. */
  readonly reason: string;
  readonly decidedBy: string | null;
  /** fall_back: what answers; throttle: the rate. */
  readonly to: string | null;
  readonly evidence: string | null;
}

interface IntervalShape {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

interface CandidateShape {
  readonly id: string;
  readonly project: string;
  readonly retraining: string;
  /** The history that it was trained on, such as `1 month`. */
  readonly window: string;
  readonly model: string;
  readonly version: number | null;
  readonly release: string | null;
  readonly state: 'training' | 'judged' | 'canary' | 'promoted' | 'refused' | 'rolled-back' | 'failed';
  readonly reason: string;
  readonly evidence: readonly string[];
  readonly comparison: {
    readonly metric: string;
    readonly rows: number;
    /** Version of the champion. */
    readonly champion: number;
    readonly figure: IntervalShape;
    /** Candidate minus champion, 95 %. */
    readonly difference: IntervalShape;
    readonly verdict: 'better' | 'worse' | 'open';
  } | null;
  /** Project clock. */
  readonly at: number;
}

interface TombstoneShape {
  readonly kind: 'version' | 'endpoint' | 'project';
  /** `flight-delay@1` of a version. */
  readonly name: string;
  readonly project: string;
  readonly successor: string | null;
  /** Id of the evidence of its exit; empty while it is under way. */
  readonly certificate: string;
  readonly archiveId: string | null;
  /** Project clock. */
  readonly at: number;
}

interface CommentShape {
  readonly id: string;
  readonly project: string;
  readonly subject: string;
  readonly author: { readonly id: string; readonly name: string };
  readonly text: string;
  readonly createdAt: number;
}

interface MonitorShape {
  /** `drift`, `drift:<input>`, `criterion:<id>`, `requests`, `outcomes`. */
  readonly monitor: string;
}

interface ClockShape {
  /** Project clock, milliseconds UTC. */
  readonly at: number;
  readonly replay: boolean;
}

type Figure = Evidence['body'];

interface List<T> {
  readonly items: readonly T[];
}

interface Page<T> extends List<T> {
  readonly next?: string;
}

type PageInput = {
  readonly limit?: number;
  readonly cursor?: string;
};

type Project = { readonly project: string };
type Id = { readonly id: string };

/** What each operation takes and gives, by its name. */
export interface LoopOperations {
  'incidents.list': {
    readonly input: PageInput & { readonly project?: string; readonly state?: IncidentShape['state'] };
    readonly output: Page<IncidentShape>;
  };
  'incidents.show': {
    readonly input: Id;
    readonly output: IncidentShape & { readonly actions: readonly ActionShape[] };
  };
  'incidents.acknowledge': { readonly input: Id; readonly output: IncidentShape };
  'incidents.resolve': {
    readonly input: Id & { readonly resolution: string };
    readonly output: IncidentShape;
  };
  'actions.veto': { readonly input: Id & { readonly reason?: string }; readonly output: ActionShape };
  'candidates.list': { readonly input: Project; readonly output: List<CandidateShape> };
  'projects.timeline': {
    readonly input: Project & { readonly criterion?: string };
    readonly output: { readonly criterion: string | null; readonly figure: Figure };
  };
  'monitors.list': { readonly input: Project; readonly output: List<MonitorShape> };
  'clock.show': { readonly input: Project; readonly output: ClockShape };
  'retirements.list': {
    readonly input: { readonly project?: string };
    readonly output: List<TombstoneShape>;
  };
  'comments.list': {
    readonly input: PageInput & Partial<Project> & { readonly subject?: string };
    /** The newest first. */
    readonly output: Page<CommentShape>;
  };
  'comments.create': {
    readonly input: Partial<Project> & { readonly subject: string; readonly text: string };
    readonly output: CommentShape;
  };
}

/** Where each operation is reached. */
export const LOOP_OPERATIONS = {
  'incidents.list': { method: 'GET', path: '/api/tend/v1/incidents', stream: false },
  'incidents.show': { method: 'GET', path: '/api/tend/v1/incidents/{id}', stream: false },
  'incidents.acknowledge': {
    method: 'POST',
    path: '/api/tend/v1/incidents/{id}/acknowledge',
    stream: false,
  },
  'incidents.resolve': { method: 'POST', path: '/api/tend/v1/incidents/{id}/resolve', stream: false },
  'actions.veto': { method: 'POST', path: '/api/tend/v1/actions/{id}/veto', stream: false },
  'candidates.list': { method: 'GET', path: '/api/tend/v1/projects/{project}/candidates', stream: false },
  'projects.timeline': { method: 'GET', path: '/api/tend/v1/projects/{project}/timeline', stream: false },
  'monitors.list': { method: 'GET', path: '/api/tend/v1/projects/{project}/monitors', stream: false },
  'clock.show': { method: 'GET', path: '/api/tend/v1/projects/{project}/clock', stream: false },
  'retirements.list': { method: 'GET', path: '/api/tend/v1/retirements', stream: false },
  'comments.list': { method: 'GET', path: '/api/tend/v1/comments', stream: false },
  'comments.create': { method: 'POST', path: '/api/tend/v1/comments', stream: false },
} as const;
