import assert from 'node:assert/strict';
import test from 'node:test';
import { boardMove, movedPlace } from './board-place.ts';
import { boardSearch } from './board-search.ts';

const press = (key: string) => ({ key, ctrlKey: false, metaKey: false, altKey: false });
const projects = ['a', 'b'];

test('J walks on over the end of a row, the right arrow stays at it', () => {
  const end = { project: 'a', stage: 'decommissioning' } as const;
  assert.deepEqual(movedPlace(end, 'next', projects), { project: 'b', stage: 'problem' });
  assert.deepEqual(movedPlace(end, 'right', projects), end);
});

test('no move leaves the board', () => {
  const first = { project: 'a', stage: 'problem' } as const;
  const last = { project: 'b', stage: 'decommissioning' } as const;
  for (const move of ['previous', 'left', 'up'] as const)
    assert.deepEqual(movedPlace(first, move, projects), first);
  for (const move of ['next', 'right', 'down'] as const)
    assert.deepEqual(movedPlace(last, move, projects), last);
});

test('up and down keep the stage, Home and End keep the project', () => {
  const place = { project: 'b', stage: 'testing' } as const;
  assert.deepEqual(movedPlace(place, 'up', projects), { project: 'a', stage: 'testing' });
  assert.deepEqual(movedPlace(place, 'first', projects), { project: 'b', stage: 'problem' });
  assert.deepEqual(movedPlace(place, 'last', projects), { project: 'b', stage: 'decommissioning' });
});

test('keys with a modifier belong to the browser', () => {
  assert.equal(boardMove(press('j')), 'next');
  assert.equal(boardMove(press('K')), 'previous');
  assert.equal(boardMove({ ...press('k'), ctrlKey: true }), undefined);
  assert.equal(boardMove(press('x')), undefined);
});

test('the URL names a cell by project and stage together, and junk is dropped', () => {
  assert.deepEqual(boardSearch({ project: 'a', stage: 'data', evidence: 'ev_1', x: 1 }), {
    project: 'a',
    stage: 'data',
    evidence: 'ev_1',
  });
  assert.deepEqual(boardSearch({ project: 2024, stage: 'data' }), { project: '2024', stage: 'data' });
  assert.deepEqual(boardSearch({ project: 'a', stage: 'dat' }), {});
  assert.deepEqual(boardSearch({ stage: 'data' }), {});
});
