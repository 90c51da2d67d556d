import type { JsonObject } from '../../../kernel/json.ts';
import { hashJson } from '../../../kernel/hash.ts';
import type { WindowReport } from '../book/window-report.ts';
import type { Finding } from '../incidents/finding.ts';
import type { StageEvidence } from '../../stage-scope.ts';
import type { BoundaryReport, SetAside } from './move-clock.ts';

/** Which monitors open incidents; the others are recorded and seen on the board. */
export interface Watched {
  readonly project: string;
  readonly dataset: string;
  /** Ids of the live criteria that are watched. */
  readonly criteria: readonly string[];
  readonly drift: boolean;
}

/** What the windows and the rows of one boundary have to say, cause by cause. */
export function findingsOf(watched: Watched, report: BoundaryReport): Finding[] {
  const windows = report.windows.flatMap((window) => windowFinding(watched, window) ?? []);
  return [...windows, ...report.setAside.map((rows) => rowsFinding(watched, report.at, rows))];
}

/** Undefined for a window that says too little, and for one that nobody watches. */
function windowFinding(watched: Watched, window: WindowReport): Finding | undefined {
  if (window.verdict === 'open' || !isWatched(watched, window.monitor)) return undefined;
  const holds = window.verdict === 'pass';
  return {
    project: watched.project,
    cause: window.monitor,
    holds,
    at: window.to,
    severity: window.monitor === 'drift' || window.monitor === 'requests' ? 'warning' : 'critical',
    title: window.title,
    whatToDo: TO_DO[kindOf(window.monitor)] ?? 'Look at the evidence, then resolve the incident.',
    evidence: [windowEvidence(window)],
    release: window.release,
  };
}

function isWatched(watched: Watched, monitor: string): boolean {
  if (monitor === 'drift') return watched.drift;
  if (monitor.startsWith('criterion:')) return watched.criteria.includes(monitor.slice('criterion:'.length));
  return monitor === 'requests' || monitor === 'outcomes' || monitor.startsWith('monitor:');
}

function kindOf(monitor: string): string {
  return monitor.split(':')[0] ?? monitor;
}

const TO_DO: Readonly<Record<string, string>> = {
  drift:
    'See which inputs moved and whether a live criterion suffers; a declared retraining answers by itself.',
  criterion: 'See since when it fails and in which slices; what is declared for it is listed with its state.',
  requests:
    'Ask whoever sends the requests what changed: values are missing, or were never seen in training.',
  outcomes: 'Ask whoever sends the outcomes why they stay away: nobody can say how good the answers are.',
  monitor: 'The monitor failed; its error stands in the evidence. The others go on.',
};

/** The window as evidence. Its subject is what was measured: the same rows and monitor give the same. */
export function windowEvidence(window: WindowReport): StageEvidence {
  const { monitor, from, to, value, low, high, bound, release, title, verdict } = window;
  const subject = hashJson({ monitor, from, to, value: value ?? null, release });
  return {
    kind: kindOf(monitor) === 'criterion' ? 'live-criterion' : kindOf(monitor),
    subject,
    verdict: verdict === 'open' ? 'info' : verdict,
    title,
    body: {
      monitor,
      from,
      to,
      value,
      low: low ?? null,
      high: high ?? null,
      bound: bound ?? null,
      release,
      ...window.body,
    },
  };
}

/** Rows that a rule set aside: nobody but a person says what becomes of them, and so closes it. */
function rowsFinding({ project, dataset }: Watched, at: number, { rule, rows, samples }: SetAside): Finding {
  const body: JsonObject = { dataset, rule, rows, at, samples: samples.map((sample) => ({ ...sample })) };
  const title = `${rows} received row${rows === 1 ? '' : 's'} set aside: ${rule}`;
  return {
    project,
    cause: `quality:${dataset}:${rule}`,
    holds: false,
    at,
    severity: 'info',
    title,
    whatToDo:
      'Ask whoever sends the outcomes whether the values are right. Where they are, widen the rule in ' +
      'tend.yaml; where they are not, nothing else is to be done: the rows are kept out of the data. Then ' +
      'resolve the incident.',
    evidence: [{ kind: 'rows-set-aside', subject: hashJson(body), verdict: 'fail', title, body }],
    release: null,
  };
}
