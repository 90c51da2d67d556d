import assert from 'node:assert/strict';
import test from 'node:test';
import type { Candidate, Incident } from '../api/answer.ts';
import { timelineEvents } from './timeline-event.ts';

const incident = (id: string, title: string, openedAt: number, resolvedAt: number | null): Incident => ({
  id,
  project: 'p',
  cause: 'drift',
  severity: 'warning',
  state: resolvedAt === null ? 'open' : 'resolved',
  owner: 'o',
  title,
  whatToDo: '',
  seen: 1,
  evidence: [],
  release: null,
  openedAt,
  lastAt: openedAt,
  acknowledgedBy: null,
  resolvedAt,
  resolvedBy: null,
  resolution: null,
  createdAt: 0,
});

const candidate = (id: string, version: number, at: number): Candidate => ({
  id,
  project: 'p',
  retraining: 'r',
  window: version === 12 ? 'all' : '1 month',
  model: 'p',
  version,
  release: null,
  state: 'refused',
  reason: '',
  evidence: [],
  comparison: null,
  at,
});

test('a mark leads to the incident of its moment, of several to the one that it names', () => {
  const incidents = [
    incident('inc_1', 'drift of origin', 5, 9),
    incident('inc_2', 'still-good fails', 5, null),
  ];
  const events = timelineEvents(
    [
      { at: 5, kind: 'incident', label: 'still-good fails' },
      { at: 9, kind: 'resolved', label: 'drift' },
      { at: 7, kind: 'incident', label: 'gone' },
    ],
    incidents,
    [],
  );
  assert.deepEqual(
    events.map(({ at, incident: id }) => [at, id]),
    [
      [9, 'inc_1'],
      [7, undefined],
      [5, 'inc_2'],
    ],
  );
});

test('a mark leads to the candidate that its label begins with, of the retraining before it', () => {
  const candidates = [
    candidate('cnd_12', 12, 7),
    candidate('cnd_3', 3, 7),
    candidate('cnd_2', 12, 3),
    candidate('cnd_1', 1, 3),
  ];
  const events = timelineEvents(
    [
      { at: 8, kind: 'refusal', label: 'all refused: not proved better than version 1' },
      { at: 8, kind: 'refusal', label: '1 month refused: all is better still' },
      { at: 8, kind: 'promotion', label: 'version 12 took over' },
      { at: 4, kind: 'promotion', label: 'version 1 took over' },
      { at: 4, kind: 'refusal', label: 'all refused: fair' },
      { at: 4, kind: 'exit', label: 'version p@1 retired' },
      { at: 2, kind: 'rollback', label: 'version 1 went back' },
    ],
    [],
    candidates,
  );
  assert.deepEqual(
    events.map(({ candidate: id }) => id),
    ['cnd_12', 'cnd_3', 'cnd_12', 'cnd_1', 'cnd_2', undefined, undefined],
  );
});
