import { FIXTURE_EVIDENCE, FIXTURE_NOW_MS } from './fixture-evidence.ts';
import { LOOP_AT, TIMELINE } from './fixture-loop-evidence.ts';

const PROJECT = 'flight-delay';
const HOUR_MS = 3_600_000;

/** Ids of the evidence of a kind. */
function evidenceIds(kind: string): string[] {
  return FIXTURE_EVIDENCE.filter((one) => one.kind === kind).map(({ id }) => id);
}

function incident(change: Readonly<Record<string, unknown>>) {
  return {
    project: PROJECT,
    state: 'open',
    owner: 'ops-analytics@airline.example',
    seen: 1,
    evidence: [] as string[],
    release: 'a'.repeat(64),
    acknowledgedBy: null as string | null,
    resolvedAt: null as number | null,
    resolvedBy: null as string | null,
    resolution: null as string | null,
    createdAt: FIXTURE_NOW_MS,
    ...change,
  };
}

function incidents() {
  return [
    incident({
      id: 'inc_3',
      cause: 'quality:flights:delay between -90 and 1500',
      severity: 'info',
      title: '3 received rows set aside: delay between -90 and 1500',
      whatToDo:
        'Ask whoever sends the outcomes whether the values are right (tend data log flights). ' +
        'Where they are, widen the rule in tend.yaml. Then resolve the incident.',
      evidence: evidenceIds('rows-set-aside'),
      openedAt: LOOP_AT.setAside,
      lastAt: LOOP_AT.setAside,
    }),
    incident({
      id: 'inc_2',
      cause: 'criterion:still-good',
      severity: 'critical',
      title: 'still-good fails: roc_auc 0.674 over 7 days, at least 0.683',
      whatToDo: 'See since when it fails and in which slices; what is declared for it is listed below.',
      seen: 3,
      evidence: evidenceIds('live-criterion'),
      openedAt: LOOP_AT.opened,
      lastAt: LOOP_AT.opened + 72 * HOUR_MS,
    }),
    incident({
      id: 'inc_1',
      cause: 'requests',
      severity: 'warning',
      state: 'resolved',
      title: 'requests: origin missing in 4 % of 9 214',
      whatToDo: 'Ask whoever sends the requests what changed.',
      openedAt: LOOP_AT.deployed + 200 * HOUR_MS,
      lastAt: LOOP_AT.deployed + 210 * HOUR_MS,
      resolvedAt: LOOP_AT.deployed + 220 * HOUR_MS,
      resolvedBy: 'system',
      resolution: 'The monitor holds again.',
    }),
  ];
}

function action(change: Readonly<Record<string, unknown>>) {
  return {
    project: PROJECT,
    incident: 'inc_2',
    to: null as string | null,
    at: LOOP_AT.opened,
    dueAt: null as number | null,
    reason: '',
    decidedBy: null as string | null,
    evidence: null,
    ...change,
  };
}

function actions() {
  return [
    action({ id: 'act_1', kind: 'alert', state: 'done', reason: 'the owner was told' }),
    action({ id: 'act_2', kind: 'retrain', state: 'done', reason: 'retraining ret_1 was started' }),
    action({
      id: 'act_3',
      kind: 'fall_back',
      state: 'waiting',
      to: 'baseline',
      dueAt: LOOP_AT.opened + 2 * HOUR_MS,
      reason: 'waits for a veto',
    }),
    action({ id: 'act_4', incident: 'inc_3', kind: 'alert', state: 'done', reason: 'the owner was told' }),
  ];
}

function candidate(change: Readonly<Record<string, unknown>>) {
  return {
    project: PROJECT,
    retraining: 'ret_1',
    model: PROJECT,
    release: null as string | null,
    evidence: [] as string[],
    at: LOOP_AT.retrained,
    ...change,
  };
}

function candidates() {
  const compared = { metric: 'roc_auc', rows: 96_114, champion: 1 };
  const evidence = [...evidenceIds('comparison'), ...evidenceIds('criteria')];
  return [
    candidate({
      id: 'cnd_2',
      window: '1 month',
      version: 3,
      release: 'c'.repeat(64),
      state: 'canary',
      reason: 'roc_auc +0.0191 (+0.0160 to +0.0223) from version 1, on 96,114 unseen rows',
      evidence: evidenceIds('comparison'),
      comparison: {
        ...compared,
        figure: { value: 0.6932, low: 0.689, high: 0.697 },
        difference: { value: 0.0191, low: 0.016, high: 0.0223 },
        verdict: 'better',
      },
    }),
    candidate({
      id: 'cnd_1',
      window: 'all',
      version: 2,
      release: 'b'.repeat(64),
      state: 'refused',
      reason: 'fair: disparate_impact 0.55 is below 0.6',
      evidence: [...evidenceIds('refusal'), ...evidence],
      comparison: {
        ...compared,
        figure: { value: 0.672, low: 0.668, high: 0.676 },
        difference: { value: -0.0021, low: -0.0049, high: 0.0007 },
        verdict: 'open',
      },
    }),
  ];
}

const endpoints = [
  {
    name: PROJECT,
    project: PROJECT,
    generation: 7,
    state: 'serving',
    routes: [
      { version: '1', releaseHash: 'a'.repeat(64), weight: 0.95, role: 'stable' },
      { version: '3', releaseHash: 'c'.repeat(64), weight: 0.05, role: 'candidate' },
    ],
  },
];

function retirements() {
  return [
    {
      kind: 'version',
      name: 'flight-delay@0',
      project: PROJECT,
      successor: 'flight-delay@1',
      certificate: evidenceIds('certificate')[0] ?? '',
      archiveId: 'arc_1',
      at: LOOP_AT.exited,
    },
  ];
}

/** What the fixture holds of live models; tests change it as a running server would. */
export function fixtureLoop() {
  return {
    incidents: incidents(),
    actions: actions(),
    candidates: candidates(),
    endpoints,
    retirements: retirements(),
    timeline: TIMELINE,
    comments: [
      {
        id: 'cmt_1',
        project: PROJECT,
        subject: 'inc_2',
        author: { id: 'acc_1', name: 'lee' },
        text: 'The spring timetable began on 4 March.\nIt may be that.',
        createdAt: FIXTURE_NOW_MS - HOUR_MS,
      },
    ],
  };
}
export type FixtureLoop = ReturnType<typeof fixtureLoop>;
