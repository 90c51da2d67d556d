import { asJson, type Json, type JsonObject } from '../../kernel/json.ts';
import type { Database, Statement } from '../../store/database.ts';
import { type EvidenceDraft, evidenceRecord } from '../../store/evidence.ts';
import { jsonText } from '../../store/json-text.ts';
import { lineageEdge } from '../../store/lineage.ts';
import { projectChain } from '../../store/ledger-entry.ts';
import { type SetClock, testRandom } from './governance-testbed.ts';

/** 64 digits that are the hash of nothing in particular. */
export function fakeHash(digit: string): string {
  return digit.repeat(64);
}

export const DATA = fakeHash('d');
export const MODEL = fakeHash('a');
export const RELEASE = fakeHash('b');
export const FEATURES = fakeHash('f');
export const PARTITION = fakeHash('c');
export const BLOB = fakeHash('9');
export const FILE = fakeHash('5');

const DAY = Date.UTC(2001, 0, 1);
const BOUNDS = { from: DAY, validation: DAY + 10, test: DAY + 20, to: DAY + 30 };
const INTERVAL = { value: 0.7039, low: 0.7001, high: 0.7085 };

/** Passes every text of the records through a function: what somebody wrote into them. */
export type Wording = (text: string) => string;

/** Records of one project as its stages leave them: a version with its run, data, evidence and approval. */
export async function recordVersion(
  db: Database,
  clock: SetClock,
  said: Wording = (text) => text,
): Promise<void> {
  const ports = { clock, random: testRandom };
  const statements: Statement[] = [...projectRows(db, clock, said), ...registryRows(db, clock, said)];
  const ledger = [];
  for (const draft of drafts(said)) {
    clock.advance(1);
    const record = evidenceRecord(draft, ports);
    statements.push(...record.statements);
    ledger.push(...record.ledger);
  }
  statements.push(
    lineageEdge({ from: DATA, to: 'run_1', kind: 'trained-on' }, clock),
    approvalRow(db, 'apr_1', RELEASE, said),
  );
  const entry = { chain: projectChain('flights'), actor: 'acc_lead', subject: 'apr_1', body: {} };
  await db.commit({ statements, ledger: [...ledger, { ...entry, action: 'approval.approved' }] });
}

function projectRows(db: Database, clock: SetClock, said: Wording): Statement[] {
  const at = clock.now();
  const document = {
    data: {
      sources: { flights: { type: 'parquet', uri: said('npm:data/flights.parquet') } },
      contract: { flights: [{ column: said('delay'), between: [-90, 1500] }] },
    },
    decommissioning: { archive: true },
  };
  const project = {
    name: 'flights',
    owner: said('ops@airline.example'),
    kind: 'classification',
    statement: said('Which flights will be late?'),
    spec_hash: fakeHash('e'),
    document: jsonText(document),
    created_at: at,
    updated_at: at,
  };
  const account = { kind: 'person' as const, password_hash: null, roles: '[]', disabled: 0, created_at: at };
  return [
    { query: db.query.insertInto('project').values(project) },
    { query: db.query.insertInto('account').values({ id: 'acc_lead', name: 'ml-lead', ...account }) },
    { query: db.query.insertInto('account').values({ id: 'acc_modeller', name: 'modeller', ...account }) },
  ];
}

function registryRows(db: Database, clock: SetClock, said: Wording): Statement[] {
  const at = clock.now();
  const { query } = db;
  const run = {
    id: 'run_1',
    project: 'flights',
    name: 'flights version 1',
    state: 'finished',
    started_at: at,
    ended_at: at + 5,
    params: jsonText({ engine: 'builtin', family: said('trees'), leaves: 63, seed: 7, trials: 8 }),
    tags: jsonText({ code: { commit: said('c0ffee'), dirty: false } }),
    inputs: jsonText({ data: DATA, features: FEATURES, bounds: BOUNDS }),
    outputs: jsonText({}),
    digest: fakeHash('1'),
  };
  const version = { model: 'flights', version: 1, run_id: 'run_1', blob_hash: MODEL, manifest_hash: RELEASE };
  const manifest = {
    specHash: fakeHash('e'),
    codeCommit: 'c0ffee',
    tables: [{ name: 'rates', refreshMs: 3_600_000 }],
  };
  const data = { project: 'flights', dataset: 'flights' };
  const columns = [{ name: said('delay'), type: 'integer' }];
  const release = { hash: RELEASE, endpoint: 'flights', version: '1', manifest: jsonText(manifest) };
  return [
    query.insertInto('model').values({ name: 'flights', project: 'flights', created_at: 1, updated_at: 1 }),
    query.insertInto('run').values({ ...run, experiment_id: 1, user_name: '' }),
    query
      .insertInto('model_version')
      .values({ id: 'mdv_1', state: 'registered', created_at: at, ...version }),
    query.insertInto('model_alias').values({ model: 'flights', alias: 'champion', version: 1 }),
    query.insertInto('release').values({ ...release, created_at: at }),
    query
      .insertInto('route')
      .values({ endpoint: 'flights', release_hash: RELEASE, weight: 1, role: 'stable' }),
    query.insertInto('dataset_version').values({
      id: 'dsv_1',
      ...data,
      hash: DATA,
      schema: jsonText(columns),
      row_count: 1000,
      created_at: at,
    }),
    query.insertInto('partition').values({
      ...data,
      name: said('2001-01'),
      version_hash: DATA,
      content_hash: PARTITION,
      blob_hash: BLOB,
      row_count: 1000,
      quarantined: 0,
      reason: null,
      seq: 0,
    }),
  ].map((insert) => ({ query: insert }));
}

/** An approval that the ml-lead gave. */
export function approvalRow(db: Database, id: string, subject: string, said: Wording = (t) => t): Statement {
  const query = db.query.insertInto('approval').values({
    id,
    project: 'flights',
    gate: 'production',
    subject,
    by_role: 'ml-lead',
    not_author: 1,
    author: 'acc_modeller',
    state: 'approved',
    decided_by: 'acc_lead',
    comment: said('slices checked'),
    created_at: 1,
    decided_at: 2,
    execution_id: null,
  });
  return { query };
}

const PARTITION_BODY = { from: DAY, to: DAY + 30, rows: 1000, contentHash: PARTITION, blob: BLOB };

function drafts(said: Wording): EvidenceDraft[] {
  const judged = {
    id: said('ranks-well'),
    metric: 'roc_auc',
    ...INTERVAL,
    bound: { at_least: 0.66 },
    verdict: 'pass',
  };
  const parts: readonly (readonly [EvidenceDraft['stage'], string, string, JsonObject])[] = [
    ['problem', 'problem-statement', fakeHash('7'), problem(said)],
    ...dataParts(said),
    [
      'training',
      'training-run',
      MODEL,
      {
        rows: { train: 600, validation: 200, test: 200 },
        bounds: BOUNDS,
        seed: 7,
        code: { commit: said('c0ffee'), dirty: false },
        environment: { node: said('26') },
      },
    ],
    ['evaluation', 'performance', MODEL, performance(said, judged)],
    [
      'evaluation',
      'slices',
      MODEL,
      {
        by: said('origin'),
        metric: 'roc_auc',
        slices: [{ level: said('ATL'), rows: 90, ...INTERVAL }],
      },
    ],
    [
      'testing',
      'test-bias',
      MODEL,
      {
        test: 'bias',
        cases: [],
        criteria: [judged],
        measured: { [said('fair')]: [{ level: said('large'), rows: 10 }] },
      },
    ],
    ['deployment', 'gate', RELEASE, { approval: { by: 'ml-lead' }, criteria: [judged] }],
  ];
  return parts.map(([stage, kind, subject, body]) => ({
    project: 'flights',
    stage,
    kind,
    subject,
    verdict: 'pass',
    title: said(`${kind} title`),
    body,
  }));
}

function dataParts(said: Wording): [EvidenceDraft['stage'], string, string, JsonObject][] {
  const partition = asJson({
    ...PARTITION_BODY,
    name: said('2001-01'),
    quarantinedRows: 2,
    refused: null,
    received: false,
  });
  const checks = {
    dataset: 'flights',
    partition,
    checks: [{ rule: said('delay between'), severity: 'quarantine', verdict: 'fail', rows: 2, samples: [] }],
    profile: [
      { name: said('delay'), type: 'integer', rows: 1000, nulls: 3, distinct: 9, min: -87, max: 1491 },
    ],
  };
  const version = {
    dataset: 'flights',
    rows: 1000,
    hash: DATA,
    columns: [{ name: said('delay'), type: 'integer' }],
    partitions: [partition],
    source: { uri: said('npm:data/flights.parquet'), hash: FILE },
  };
  const features = {
    source: 'flights',
    target: said('late'),
    definition: {
      fields: [{ name: said('date'), type: 'time' }],
      features: [{ name: said('hour'), type: 'number' }],
    },
    inputs: [{ name: said('hour'), type: 'number' }],
  };
  return [
    ['data', 'data-checks', PARTITION, checks],
    ['data', 'dataset-version', DATA, version],
    ['data', 'feature-set', FEATURES, features],
  ];
}

function problem(said: Wording): JsonObject {
  return {
    owner: said('ops@airline.example'),
    kind: 'classification',
    statement: said('Which flights will be late?'),
    objective: said('Fewer missed connections.'),
    stakeholders: { owner: said('ops') },
    risk: { level: 'minimal', reason: said('No person is scored.') },
    baseline: { score: said('rate') },
    promises: [
      { id: said('ranks-well'), metric: 'roc_auc', at_least: 0.66, judged_by: 'evaluation' },
      { id: said('fair'), metric: 'disparate_impact', at_least: 0.6, by: said('hub'), judged_by: 'testing' },
    ],
  };
}

function performance(said: Wording, judged: Json): JsonObject {
  return {
    rows: 200,
    bounds: BOUNDS,
    criteria: [judged],
    model: { roc_auc: INTERVAL },
    baseline: { is: {}, figures: { roc_auc: { value: 0.6, low: 0.59, high: 0.61 } } },
    figures: [
      {
        kind: 'roc',
        title: said('ROC'),
        series: [
          {
            name: said('model'),
            points: [
              [0, 0],
              [1, 1],
            ],
            area: 0.7,
          },
        ],
      },
    ],
  };
}
