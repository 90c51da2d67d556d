import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataSpec, type SplitSpec } from '../src/lifecycle/data/spec.ts';
import { seededRandom } from '../src/learn/random.ts';

const DAY_MS = 86_400_000;
const DAYS = 20;
const START = Date.UTC(2024, 2, 1);

/**
 * Whoever orders for less keeps it, whoever orders for more sends it back; between the two it is mostly luck.
 */
const KEPT_BELOW = 10;
const RETURNED_ABOVE = 100;
const AMOUNT_MAX = 110;

const REGIONS = ['north', 'south', 'east', 'west', 'coast', 'islands'] as const;

/**
 * A project made up for tests of stages: will an order be returned? Twenty days of orders, one feature table.
 */
export const ORDERS = {
  data: dataSpec.parse({
    sources: { orders: { type: 'csv', uri: 'orders.csv' } },
    features: {
      request: 'request.sql',
      outcome: 'outcome.sql',
      tables: { region_rates: { sql: 'region_rates.sql', key: 'region', refresh: '1d' } },
      time: 'placed',
      available: 'settled',
      target: 'returned',
    },
  }),
  split: { by: 'time', first_window: `${DAYS}d`, validation: '3d', test: '5d' } satisfies SplitSpec,
  /** The project clock: the end of the last day. */
  clock: START + DAYS * DAY_MS,
  /** Texts that its tend.yaml would name, by path. */
  files: {
    'request.sql': 'select placed, channel, region, amount, hour(placed) as hour from orders\n',
    'outcome.sql': 'select returned, placed + interval 6 hours as settled from orders\n',
    'region_rates.sql': `
      select
        region,
        avg(returned::int) filter (where settled > $at - interval 2 days) as returned_2d,
        avg(returned::int) as returned_7d
      from orders
      where settled > $at - interval 7 days
      group by region`,
  },
} as const;

/** Writes the source of `ORDERS` into a folder. On the last day all orders come from one region. */
export function writeOrders(dir: string, perDay: number): void {
  writeFileSync(join(dir, 'orders.csv'), orders(perDay));
}

function orders(perDay: number): string {
  const random = seededRandom(3);
  const lines = ['placed,channel,region,amount,returned'];
  for (let day = 0; day < DAYS; day++) {
    for (let i = 0; i < perDay; i++) {
      const placed = new Date(START + day * DAY_MS + Math.floor((i / perDay) * DAY_MS));
      const region = day === DAYS - 1 ? 0 : random.below(REGIONS.length);
      const amount = Math.round(random.next() * AMOUNT_MAX * 100) / 100;
      const chance = 0.5 + (amount - AMOUNT_MAX / 2) * 0.003 + (region - 2.5) * 0.06;
      const returned = amount > RETURNED_ABOVE || (amount > KEPT_BELOW && random.next() < chance);
      const channel = random.next() < 0.5 ? 'app' : 'web';
      lines.push([placed.toISOString().slice(0, 19), channel, REGIONS[region], amount, returned].join(','));
    }
  }
  return `${lines.join('\n')}\n`;
}
