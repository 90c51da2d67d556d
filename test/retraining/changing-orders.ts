import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../src/learn/random.ts';

const DAY_MS = 86_400_000;
const PER_DAY = 80;

/** First day of the orders, and how many days there are. */
export const START = Date.UTC(2024, 0, 1);
const DAYS = 80;

/** From this day on it is no longer the dear orders that come back, but the cheap ones. */
export const CHANGE_DAY = 40;

/** A moment of the project clock: 00:00 UTC of a day counted from the first. */
export function day(count: number): number {
  return START + count * DAY_MS;
}

/** The files of a project about orders whose customers change their minds on day `CHANGE_DAY`. */
export const FILES = {
  'request.sql': 'select placed, channel, amount from orders\n',
  'outcome.sql': 'select returned, placed + interval 6 hours as settled from orders\n',
  'tend.yaml': `apiVersion: tend/v1
name: orders
owner: shop@example.com
kind: classification
clock: { starts: 2024-01-21 }
problem:
  statement: Will this order be returned?
  stakeholders: { owner: shop }
  objective: Fewer parcels.
  risk: { level: minimal, reason: No person is scored. }
  baseline: { constant: prior }
  criteria:
    - { id: ranks-well, metric: roc_auc, at_least: 0.65, on: test }
    - { id: answers, metric: error_rate, at_most: 10%, live: true }
data:
  sources: { orders: { type: csv, uri: orders.csv, partition: day, time: placed } }
  features:
    request: request.sql
    outcome: outcome.sql
    time: placed
    available: settled
    target: returned
split: { by: time, first_window: 20d, validation: 3d, test: 5d }
training: { engine: builtin, trials: 2, rounds: 30, seed: 3 }
evaluation: { compare: champion }
testing:
  coverage: { at_least: 1% }
  performance: { p99_at_most: 5s }
  load: { rate: 20/s, for: 200ms, errors_at_most: 50% }
  privacy: { membership_auc: { at_most: 0.9 } }
deployment:
  endpoint: orders
  rollout: { canary: [20%], bake: 10 predictions, bake_within: 24h, guard: [answers] }
retraining:
  when: [weekly]
  windows: [2 weeks, all]
  search: reuse
  promote: if_better
  cooldown: 5d
  limit: 3/month
governance: { approve: { production: { by: approver, not: author } } }
`,
} as const;

/** Writes the orders into a folder. `back`: the day from which on it is the dear orders again. */
export function writeChangingOrders(dir: string, back = DAYS): void {
  const random = seededRandom(5);
  const lines = ['placed,channel,amount,returned'];
  for (let i = 0; i < DAYS * PER_DAY; i++) {
    const placed = START + Math.floor((i / PER_DAY) * DAY_MS);
    const amount = Math.round(random.next() * 1000) / 10;
    const chance = 0.15 + (0.7 * amount) / 100;
    const dear = placed < day(CHANGE_DAY) || placed >= day(back);
    const returned = random.next() < (dear ? chance : 1 - chance);
    const channel = random.next() < 0.5 ? 'app' : 'web';
    lines.push([new Date(placed).toISOString().slice(0, 19), channel, amount, returned].join(','));
  }
  writeFileSync(join(dir, 'orders.csv'), `${lines.join('\n')}\n`);
}
