import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkInput } from '../../../kernel/check-input.ts';
import { callOperation } from '../../../kernel/operation.ts';
import type { ActingContext } from '../actions/action-ports.ts';
import { carryOutActions } from '../actions/carry-out-actions.ts';
import { finding, type IncidentBed, incidentBed, PROJECT } from './incident-testbed.ts';
import { incidentOperations } from './operations.ts';
import { settleFindings } from './settle-findings.ts';

/** Calls an operation as every surface does: input checked, output of the declared shape. */
async function call(bed: IncidentBed, name: string, input: object): Promise<Record<string, unknown>> {
  const operation = incidentOperations.find((one) => one.name === name) ?? assert.fail(name);
  const output = await callOperation(operation, bed.ctx, checkInput(operation.input, input));
  assert.deepEqual(operation.output.parse(output), output, `${name} says what it declares`);
  return output as Record<string, unknown>;
}

test('an incident is found, looked into, acknowledged, its action vetoed, and closed by hand', async () => {
  await using bed = await incidentBed({
    monitoring: { actions: { 'still-good': ['alert', { do: 'stop', veto: '2h' }] } },
  });
  const { opened } = await settleFindings(bed.ctx, PROJECT, [finding()]);
  const id = opened[0]?.id ?? '';
  await carryOutActions(bed.ctx as unknown as ActingContext, {} as never, id);
  const { items } = await call(bed, 'incidents.list', { project: PROJECT.name, state: 'open' });
  assert.deepEqual(
    (items as { id: string }[]).map((item) => item.id),
    [id],
  );
  const detail = await call(bed, 'incidents.show', { id });
  const actions = detail['actions'] as { id: string; kind: string; state: string }[];
  assert.deepEqual(
    actions.map(({ kind, state }) => [kind, state]),
    [
      ['alert', 'done'],
      ['stop', 'waiting'],
    ],
  );
  assert.deepEqual(
    (detail['shown'] as { title: string }[]).map(({ title }) => title),
    ['roc_auc 0.64, at least 0.66'],
  );
  assert.equal((await call(bed, 'incidents.acknowledge', { id }))['state'], 'acknowledged');
  assert.equal((await call(bed, 'actions.veto', { id: actions[1]?.id }))['reason'], 'ada: not wanted');
  const closed = await call(bed, 'incidents.resolve', { id, resolution: 'A holiday.' });
  assert.equal(closed['state'], 'resolved');
});

test('a resolution without words, and a state that there is not, are refused', async () => {
  await using bed = await incidentBed();
  await assert.rejects(call(bed, 'incidents.resolve', { id: 'inc_1', resolution: '' }), {
    code: 'INVALID_INPUT',
  });
  await assert.rejects(call(bed, 'incidents.list', { state: 'closed' }), { code: 'INVALID_INPUT' });
  await assert.rejects(call(bed, 'incidents.list', { cursor: 'x' }), { code: 'INVALID_INPUT' });
});
