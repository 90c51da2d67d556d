import { STAGES } from '../../src/kernel/verdict.ts';
import type { Stage, Verdict } from '../../src/kernel/verdict.ts';
import { FIXTURE_EVIDENCE, FIXTURE_NOW_MS } from './fixture-evidence.ts';

/** A stage as `status.show` answers it. */
export interface FixtureStage {
  readonly stage: Stage;
  verdict: Verdict;
  reason: string;
}

export interface FixtureProject {
  readonly name: string;
  readonly owner: string;
  readonly kind: string;
  readonly statement: string;
  readonly stages: readonly FixtureStage[];
}

export interface FixtureInboxItem {
  readonly id: string;
  readonly kind: 'approval' | 'waiting' | 'failed' | 'quarantine';
  readonly project: string;
  readonly stage: Stage;
  readonly title: string;
  readonly detail: string;
  readonly command: string;
  readonly createdAt: number;
}

/** What the fixture server holds; tests change it as a running `apply` would. */
export interface FixtureBoard {
  readonly projects: readonly FixtureProject[];
  items: readonly FixtureInboxItem[];
}

type Verdicts = Readonly<Partial<Record<Stage, readonly [Verdict, string]>>>;

function stages(verdicts: Verdicts): FixtureStage[] {
  return STAGES.map((stage) => {
    const [verdict, reason] = verdicts[stage] ?? (['none', 'it has not run yet'] as const);
    return { stage, verdict, reason };
  });
}

/** Three projects that show every verdict. */
function projects(): FixtureProject[] {
  return [
    {
      name: 'flight-delay',
      owner: 'ops-analytics@airline.example',
      kind: 'classification',
      statement: 'Tell the gate, at push-back, which flights will arrive more than 15 minutes late.',
      stages: stages({
        problem: ['pass', '6 criteria, each measurable'],
        data: ['pass', '487 212 rows in 2 partitions; 14 rows in quarantine'],
        training: ['pass', 'trees, best of 8 trials'],
        evaluation: ['fail', 'fair: disparate impact 0.57 is below 0.6'],
        testing: ['pass', '8 of 8 kinds hold'],
        deployment: ['waiting', 'v3 waits for ml-lead'],
        monitoring: ['running', 'replaying June 2001'],
        retraining: ['waiting', 'v3 waits for traffic in its canary'],
        governance: ['stale', 'the model card is older than v3'],
        decommissioning: ['pass', 'flight-delay@0 has left'],
      }),
    },
    {
      name: 'churn-score',
      owner: 'growth@shop.example',
      kind: 'classification',
      statement: 'Say which subscribers are about to leave.',
      stages: stages({
        ...(Object.fromEntries(
          STAGES.slice(0, 9).map((stage) => [stage, ['pass', 'holds'] as const]),
        ) as Verdicts),
        decommissioning: ['skipped', 'nothing is due'],
      }),
    },
    {
      name: 'delivery-time',
      owner: 'logistics@shop.example',
      kind: 'regression',
      statement: 'Minutes until the parcel arrives.',
      stages: stages({
        problem: ['pass', '2 criteria'],
        data: ['fail', 'orders: 3 % of rows without an address'],
      }),
    },
  ];
}

const ITEMS: readonly FixtureInboxItem[] = [
  {
    id: 'ap_1',
    kind: 'approval',
    project: 'flight-delay',
    stage: 'deployment',
    title: 'flight-delay v3 to production',
    detail: 'Asked for by dana, who may not approve it. Needs: ml-lead.',
    command: 'tend approve ap_1',
    createdAt: FIXTURE_NOW_MS - 7_200_000,
  },
  {
    id: 'in_2',
    kind: 'failed',
    project: 'delivery-time',
    stage: 'data',
    title: 'orders fails its contract',
    detail: '2 104 of 70 133 rows have no address; at most 1 % may.',
    command: 'tend data check orders',
    createdAt: FIXTURE_NOW_MS - 86_400_000,
  },
  {
    id: 'in_3',
    kind: 'quarantine',
    project: 'flight-delay',
    stage: 'data',
    title: '14 rows of 2001-02 in quarantine',
    detail: 'delay lies outside -90 and 1500.',
    command: 'tend data log flights --quarantine',
    createdAt: FIXTURE_NOW_MS - 172_800_000,
  },
];

/** A board of its own for each caller: three projects, three things to do. */
export function fixtureBoard(): FixtureBoard {
  return { projects: projects(), items: ITEMS };
}

/** The evidence of one stage of a project. */
export function evidenceOf(project: string, stage: Stage) {
  return FIXTURE_EVIDENCE.filter((one) => one.project === project && one.stage === stage);
}
