import assert from 'node:assert/strict';
import { it } from 'node:test';
import pc from 'picocolors';
import type { Trace } from '../lifecycle/governance/index.ts';
import { traceText } from './present-trace.ts';

const HASH = 'ab'.repeat(32);

const TRACE: Trace = {
  project: 'flights',
  prediction: {
    id: 'prd_1',
    key: 7,
    at: 0,
    eventTime: 0,
    endpoint: 'flights',
    prediction: 0.25,
    latencyUs: 1,
    fields: {},
    features: {},
    lies: { segment: null, part: 'prt_1', blob: HASH },
    tables: [{ table: 'rates', boundary: 0 }],
  },
  outcome: {
    target: 1,
    setAside: null,
    receivedAt: 5000,
    blob: HASH,
    row: { dataset: 'flights', row: 7, partition: '2001-02', version: HASH },
  },
  release: { hash: HASH, version: '2', spec: HASH, codeCommit: null, createdAt: 0 },
  model: {
    name: 'flights',
    version: 2,
    file: HASH,
    createdAt: 0,
    candidate: { retraining: 'ret_1', window: '1 month', state: 'promoted', reason: 'better' },
  },
  run: {
    id: 'run_1',
    startedAt: 0,
    endedAt: 1000,
    params: {},
    code: null,
    bounds: null,
    features: HASH,
    digest: null,
  },
  data: {
    dataset: 'flights',
    hash: HASH,
    rows: 1234,
    createdAt: 0,
    source: { uri: 'flights.parquet', hash: HASH },
    partitions: [{ name: '2001-01', rows: 1234, content: HASH, blob: HASH, setAside: null }],
  },
  approvals: [
    {
      id: 'apr_1',
      gate: 'production',
      state: 'approved',
      by: 'ml-lead',
      author: 'modeller',
      decidedBy: 'ml-lead',
      comment: null,
      decidedAt: 0,
      own: false,
    },
  ],
  evidence: [
    {
      id: 'evd_1',
      stage: 'deployment',
      kind: 'gate',
      verdict: 'pass',
      title: 'open',
      hash: HASH,
      createdAt: 0,
    },
  ],
  ledger: [
    {
      chain: 'project/flights',
      seq: 3,
      at: 0,
      actor: 'system',
      action: 'evidence.recorded',
      subject: 'evd_1',
      hash: HASH,
    },
  ],
};

const EARLIER = ', for an earlier release of the same document';

const terminal = { colors: pc.createColors(false) };

it('traceText() draws from the prediction down to the file, each level below what came from it', () => {
  assert.equal(
    traceText(TRACE, terminal),
    `prediction prd_1: 0.25
├─ project flights, endpoint flights
├─ event time 1970-01-01T00:00:00Z
├─ key 7
├─ lies in part prt_1, blob abababababab
├─ table rates as of 1970-01-01T00:00:00Z
├─ outcome 1, received 1970-01-01T00:00:05Z
│  └─ row 7 of flights, 2001-02 of version abababababab
└─ release abababababab version 2, tend.yaml abababababab
   ├─ model flights@2, file abababababab
   │  ├─ candidate promoted, 1 month of ret_1: better
   │  └─ run run_1, ended 1970-01-01T00:00:01Z
   │     ├─ features abababababab
   │     └─ data flights abababababab, 1,234 rows
   │        ├─ 2001-01 1,234 rows, blob abababababab
   │        └─ source file flights.parquet, sha256 ${HASH}
   ├─ approvals 1
   │  └─ apr_1 production approved by ml-lead, asked for by modeller${EARLIER}
   ├─ evidence 1
   │  └─ evd_1 gate pass: open
   └─ ledger 1 entries
      └─ #3 evidence.recorded abababababab`,
  );
});

it('traceText() shows what is not known as such, and nothing that acts on a terminal', () => {
  const bare = { ...TRACE, outcome: null, release: null };
  assert.match(traceText(bare, terminal), /outcome none is sealed yet\n└─ release not recorded$/);
  const hostile = structuredClone(TRACE);
  hostile.prediction.id = 'prd\u001b]0;x\u0007\n└─ release forged';
  const [first] = hostile.evidence;
  if (first !== undefined) first.title = '\u001b[2J\u202e';
  const text = traceText(hostile, terminal);
  // oxlint-disable-next-line no-control-regex -- that none is left is the claim
  assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
  assert.equal(text.split('\n').length, traceText(TRACE, terminal).split('\n').length);
});
