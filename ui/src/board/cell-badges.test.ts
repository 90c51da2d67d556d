import assert from 'node:assert/strict';
import test from 'node:test';
import type { Candidate, Incident } from '../api/answer.ts';
import { STAGE_ORDER } from './stage-title.ts';
import { cellBadges } from './cell-badges.ts';
import type { ProjectLife } from './cell-badges.ts';

function candidate(change: Partial<Candidate>): Candidate {
  return {
    id: 'cnd_1',
    project: 'p',
    retraining: 'ret_1',
    window: '1 month',
    model: 'p',
    version: 2,
    release: 'r2',
    state: 'training',
    reason: '',
    evidence: [],
    comparison: null,
    at: 1,
    ...change,
  };
}

function incident(severity: Incident['severity']): Incident {
  return {
    id: 'inc_1',
    project: 'p',
    cause: 'drift',
    severity,
    state: 'open',
    owner: 'o',
    title: 't',
    whatToDo: 'w',
    seen: 1,
    evidence: [],
    openedAt: 1,
    lastAt: 1,
    release: null,
    acknowledgedBy: null,
    createdAt: 1,
    resolvedAt: null,
    resolvedBy: null,
    resolution: null,
  };
}

const life = (change: Partial<ProjectLife>): ProjectLife => ({
  incidents: [],
  candidates: [],
  retired: [],
  endpoints: [],
  ...change,
});

const texts = (known: ProjectLife): Record<string, string[]> =>
  Object.fromEntries(
    STAGE_ORDER.map((stage): [string, string[]] => [
      stage,
      cellBadges(stage, known).map(({ text }) => text),
    ]).filter(([, badges]) => badges.length > 0),
  );

test('a candidate stands where it is, and in the cell of retraining', () => {
  const states = ['training', 'judged', 'promoted', 'refused', 'rolled-back', 'failed'] as const;
  const where = states.map((state) => Object.keys(texts(life({ candidates: [candidate({ state })] }))));
  assert.deepEqual(where, [
    ['training', 'retraining'],
    ['evaluation', 'testing', 'retraining'],
    ['deployment', 'retraining'],
    ['retraining'],
    ['deployment', 'retraining'],
    ['training', 'retraining'],
  ]);
});

test('a canary says its share of the traffic, by the release and not by the version alone', () => {
  const routes = [
    { version: '1', releaseHash: 'r1', weight: 0.95, role: 'stable' as const },
    { version: '2', releaseHash: 'r2', weight: 0.05, role: 'candidate' as const },
  ];
  const endpoint = {
    name: 'e',
    project: 'p',
    generation: 1,
    state: 'serving',
    reason: null,
    throttle: null,
    successor: null,
    routes,
  };
  const known = life({ candidates: [candidate({ state: 'canary' })], endpoints: [endpoint] });
  assert.deepEqual(texts(known)['deployment'], ['v2 canary 5\u202f%']);
  const other = life({ candidates: [candidate({ state: 'canary', release: 'r3' })], endpoints: [endpoint] });
  assert.deepEqual(texts(other)['deployment'], ['v2 canary']);
});

test('only the newest retraining is told of, and a candidate without a version by its window', () => {
  const candidates = [
    candidate({ id: 'cnd_1', at: 1, state: 'refused' }),
    candidate({ id: 'cnd_2', at: 9, retraining: 'ret_2', window: 'all', version: null }),
  ];
  assert.deepEqual(texts(life({ candidates })), {
    training: ['all history training'],
    retraining: ['all history training'],
  });
});

test('incidents are counted by severity, the worst first', () => {
  const incidents = [incident('info'), incident('critical'), incident('warning'), incident('critical')];
  assert.deepEqual(texts(life({ incidents })), { monitoring: ['2 critical', '1 warning', '1 info'] });
});

test('what is beyond three badges is counted, and none is lost', () => {
  const retired = [1, 2, 3, 4, 5].map((version) => ({
    kind: 'version' as const,
    name: `p@${version}`,
    project: 'p',
    successor: null,
    certificate: 'evd_1',
    archiveId: null,
    at: version,
  }));
  assert.deepEqual(texts(life({ retired })), { decommissioning: ['v1 retired', 'v2 retired', '3 more'] });
});

test('a project of which nothing is known has no badges', () => {
  assert.deepEqual(texts(life({})), {});
});
