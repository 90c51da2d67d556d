import assert from 'node:assert/strict';
import { startRetraining } from '../../src/lifecycle/retraining/index.ts';
import { day } from './changing-orders.ts';
import { PROJECT, type RetrainBed } from './retrain-bed.ts';

/** Moves the project clock to a day and begins a retraining there; resolves with its execution. */
export async function begin(bed: RetrainBed, days: number): Promise<string> {
  await bed.clockTo(days);
  const request = { project: PROJECT, trigger: 'weekly', actor: 'system', at: day(days) };
  const started = await startRetraining({ ...bed.context, engine: bed.engine }, request);
  assert.equal(started.kind, 'started', JSON.stringify(started));
  return started.kind === 'started' ? started.execution : '';
}
