import { defectsOf } from './input-counts.ts';
import { hourOfDay, type ReferenceProfile } from './reference-profile.ts';
import type { ReleaseShare, Traffic } from './traffic.ts';
import type { TimeWindow, WindowReport } from './window-report.ts';
import { wilsonInterval } from './wilson-interval.ts';

const HOUR_MS = 3_600_000;

/** Fewer requests of a release say nothing of a share. */
const ROWS_MIN = 50;

/** A share of missing values, or of values outside of the reference, matters from this much above it on. */
const RISE_MIN = 0.2;

/** Standard deviations that a share must be above the reference's: less than one false alarm in a century. */
const DEVIATIONS = 4.5;

/** One kind of defect of one input, in the requests of one release. */
interface Defect {
  readonly version: string;
  readonly release: string;
  readonly input: string;
  readonly kind: 'missing' | 'outside';
  readonly rows: number;
  readonly share: number;
  readonly expected: number;
  readonly matters: boolean;
}

/**
 * Are the values that models are given there, and of the kind that they learnt? By release, so that one
 * with broken features does not hide behind another: the share of missing values, and of numbers beyond the
 * reference's least and greatest or levels that were never seen. Looked at hour by hour: a burst is over
 * before a day is.
 */
export function requestsReport(traffic: Traffic, at: number): WindowReport {
  const window = { from: at - HOUR_MS, to: at };
  const shares = traffic.shares(window);
  const judged = shares.filter(({ rows, reference }) => rows >= ROWS_MIN && reference !== undefined);
  const found = judged.flatMap((share) =>
    defects(share, share.reference as ReferenceProfile, traffic, window),
  );
  found.sort((a, b) => b.share - b.expected - (a.share - a.expected));
  const broken = found.filter(({ matters }) => matters);
  const worst = found[0];
  const rows = shares.reduce((sum, share) => sum + share.rows, 0);
  const open = judged.length === 0;
  const { outOfTime } = traffic;
  return {
    monitor: 'requests',
    ...window,
    verdict: open ? 'open' : broken.length > 0 ? 'fail' : 'pass',
    value: worst === undefined ? null : Math.max(worst.share - worst.expected, 0),
    bound: RISE_MIN,
    release: broken[0]?.release ?? shares[0]?.hash ?? null,
    title: titleOf(broken, rows, open),
    body: {
      rows,
      out_of_time: outOfTime,
      ...(open ? { reason: 'no release with a reference profile was asked often enough' } : {}),
      releases: shares.map(({ hash, version, rows: own }) => ({ release: hash, version, rows: own })),
      defects: found
        .filter((one) => one.share > 0)
        .map(({ version, input, kind, rows: own, share, expected, matters }) => {
          return { version, input, kind, rows: own, share, expected_share: expected, matters };
        }),
    },
  };
}

function defects(
  { hash, version, place, rows }: ReleaseShare,
  reference: ReferenceProfile,
  traffic: Traffic,
  window: TimeWindow,
): Defect[] {
  const bucket = traffic.sum(place, window);
  const { inputs } = traffic.places(place);
  // The score comes last: what is wrong with it are errors, which have a criterion of their own.
  return inputs.slice(0, -1).flatMap((places) => {
    const { name, missing } = places.profile;
    const counted = defectsOf(places, bucket.counts);
    const of = (kind: Defect['kind'], count: number, expected: number): Defect => {
      const share = count / rows;
      const { low } = wilsonInterval(count, rows, DEVIATIONS);
      const matters = share - expected >= RISE_MIN && low > expected;
      return { version, release: hash, input: name, kind, rows: count, share, expected, matters };
    };
    return [
      of('missing', counted.missing, missingShare(reference, name, missing, window)),
      of('outside', counted.outside, 0),
    ];
  });
}

/**
 * The share of missing values to expect: that of the reference at this hour of the day, else over all its
 * rows.
 */
function missingShare(
  { rows, daily }: ReferenceProfile,
  input: string,
  missing: number,
  { from }: TimeWindow,
): number {
  const hour = hourOfDay(from);
  const atHour = daily?.rows[hour] ?? 0;
  if (daily != null && atHour >= ROWS_MIN) return (daily.missing[input]?.[hour] ?? 0) / atHour;
  return rows === 0 ? 0 : missing / rows;
}

function titleOf(broken: readonly Defect[], rows: number, open: boolean): string {
  const [worst] = broken;
  const over = `${rows.toLocaleString('en')} predictions`;
  if (open) return `Too few requests to look at: ${over}`;
  if (worst === undefined) return `Requests are as expected: ${over}`;
  const what = worst.kind === 'missing' ? 'missing' : 'outside of what was learnt';
  const more = broken.length > 1 ? `; ${broken.length - 1} more` : '';
  const percent = `${(100 * worst.share).toFixed(0)} %`;
  return `${worst.input} is ${what} in ${percent} of the requests of version ${worst.version}${more}`;
}
