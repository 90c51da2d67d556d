import type { Candidate, Endpoint, Incident, Stage, Tombstone } from '../api/answer.ts';
import type { BadgeTone } from '../components/tone-badge.tsx';
import { formatShare } from '../format/number.ts';

/** A few words beside the champion's verdict in a cell. */
export interface CellBadge {
  readonly text: string;
  readonly tone: BadgeTone;
}

/** What is known of a project beside the verdicts of its stages. */
export interface ProjectLife {
  /** Not resolved ones. */
  readonly incidents: readonly Incident[];
  /** Those of the newest retraining first. */
  readonly candidates: readonly Candidate[];
  readonly retired: readonly Tombstone[];
  readonly endpoints: readonly Endpoint[];
}

/** Badges of a cell before the rest is counted; more make the row taller than a project deserves. */
const SHOWN_MAX = 3;

/** Worst first. */
const SEVERITIES = ['critical', 'warning', 'info'] as const satisfies readonly Incident['severity'][];
const SEVERITY_TONES = { critical: 'fail', warning: 'wait', info: 'quiet' } as const;

const STATE_TONES: Readonly<Record<Candidate['state'], BadgeTone>> = {
  training: 'accent',
  judged: 'accent',
  canary: 'accent',
  promoted: 'pass',
  refused: 'wait',
  'rolled-back': 'fail',
  failed: 'fail',
};

/** Where a candidate of each state is now, beside the cell of retraining, which tells of all of them. */
const PLACES: Readonly<Record<Candidate['state'], readonly Stage[]>> = {
  training: ['training'],
  judged: ['evaluation', 'testing'],
  canary: ['deployment'],
  promoted: ['deployment'],
  'rolled-back': ['deployment'],
  failed: ['training'],
  refused: [],
};

/** The badges of a cell: candidates on their way, open incidents, what has retired. */
export function cellBadges(stage: Stage, life: ProjectLife): readonly CellBadge[] {
  if (stage === 'monitoring') return incidentBadges(life.incidents);
  if (stage === 'decommissioning') return limited(life.retired.map(retiredBadge));
  const round = newestRound(life.candidates);
  const here = stage === 'retraining' ? round : round.filter(({ state }) => PLACES[state].includes(stage));
  return limited(here.map((one) => candidateBadge(one, life.endpoints)));
}

/** The candidates of the newest retraining. */
export function newestRound(candidates: readonly Candidate[]): readonly Candidate[] {
  const newest = Math.max(...candidates.map(({ at }) => at));
  const id = candidates.find(({ at }) => at === newest)?.retraining;
  return candidates.filter(({ retraining }) => retraining === id);
}

/** How a candidate is called: its version, or its window until it has one. */
export function candidateName({ version, window }: Pick<Candidate, 'version' | 'window'>): string {
  return version === null ? windowText(window) : `v${version}`;
}

/** The history that a candidate was trained on, in words. */
export function windowText(window: string): string {
  return window === 'all' ? 'all history' : window;
}

/** `canary 5 %` where the share is known, else the state. */
export function candidateState(candidate: Candidate, endpoints: readonly Endpoint[]): string {
  if (candidate.state === 'rolled-back') return 'rolled back';
  if (candidate.state !== 'canary') return candidate.state;
  const route = endpoints
    .filter(({ project }) => project === candidate.project)
    .flatMap(({ routes }) => routes)
    .find(({ releaseHash, role }) => role === 'candidate' && releaseHash === candidate.release);
  return route === undefined ? 'canary' : `canary ${formatShare(route.weight)}`;
}

function candidateBadge(candidate: Candidate, endpoints: readonly Endpoint[]): CellBadge {
  return {
    text: `${candidateName(candidate)} ${candidateState(candidate, endpoints)}`,
    tone: STATE_TONES[candidate.state],
  };
}

/** The tone of a candidate's state. */
export function candidateTone({ state }: Pick<Candidate, 'state'>): BadgeTone {
  return STATE_TONES[state];
}

function incidentBadges(incidents: readonly Incident[]): readonly CellBadge[] {
  return SEVERITIES.flatMap((severity) => {
    const count = incidents.filter((one) => one.severity === severity).length;
    return count === 0 ? [] : [{ text: `${count} ${severity}`, tone: SEVERITY_TONES[severity] }];
  });
}

/** The tone of an incident's severity. */
export function severityTone({ severity }: Pick<Incident, 'severity'>): BadgeTone {
  return SEVERITY_TONES[severity];
}

function retiredBadge({ kind, name }: Tombstone): CellBadge {
  const version = /@(\d+)$/.exec(name)?.[1];
  const what = kind === 'version' && version !== undefined ? `v${version}` : kind;
  return { text: `${what} retired`, tone: 'quiet' };
}

function limited(badges: readonly CellBadge[]): readonly CellBadge[] {
  if (badges.length <= SHOWN_MAX) return badges;
  const rest = badges.length - SHOWN_MAX + 1;
  return [...badges.slice(0, SHOWN_MAX - 1), { text: `${rest} more`, tone: 'quiet' }];
}
