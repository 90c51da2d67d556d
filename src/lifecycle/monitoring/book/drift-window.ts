import { benjaminiHochberg } from '../../../learn/drift/benjamini-hochberg.ts';
import { driftTest, type DriftTestName } from '../../../learn/drift/drift-test.ts';
import { total } from '../../../learn/drift/counts.ts';
import type { HourBucket } from './hour-bucket.ts';
import { referenceCounts } from './input-counts.ts';
import type { InputProfile, ReferenceProfile } from './reference-profile.ts';
import type { WindowReport } from './window-report.ts';

/** Fewer rows than this in a window, and no test has any power at an effect that matters. */
const ROWS_MIN = 500;

/** Share of false ones among the inputs that are called moved. */
const FALSE_DISCOVERIES = 0.01;

const TESTS: readonly DriftTestName[] = ['psi', 'js', 'ks'];

interface Moved {
  readonly name: string;
  readonly effects: Readonly<Record<DriftTestName, number>>;
  readonly p: number;
  readonly significant: boolean;
  readonly moved: boolean;
}

/**
 * One report for all inputs and the score together, and one for each of them. An input has moved where the effect is
 * at least the declared one *and* more than chance explains for so many rows, over all inputs of the window together.
 */
export function driftReports(
  spec: { readonly test: DriftTestName; readonly alertAt: number },
  reference: ReferenceProfile,
  window: { readonly from: number; readonly to: number },
  bucket: HourBucket,
  whole: boolean,
): WindowReport[] {
  const profiles = [...reference.inputs, reference.score];
  const found = compare(spec, profiles, bucket);
  // Half a week differs from a month by its weekdays alone.
  const open = bucket.rows < ROWS_MIN || !whole;
  const moved = found.filter((one) => one.moved);
  const worst = [...found].sort((a, b) => effectOf(b, spec) - effectOf(a, spec))[0];
  const rows = bucket.rows.toLocaleString('en');
  const base = { ...window, bound: spec.alertAt, release: reference.release };
  const verdict = (fails: boolean): WindowReport['verdict'] => (open ? 'open' : fails ? 'fail' : 'pass');
  const names = moved.map(({ name, effects }) => `${name} ${round(effects[spec.test])}`).join(', ');
  return [
    {
      monitor: 'drift',
      ...base,
      verdict: verdict(moved.length > 0),
      value: worst === undefined ? null : finite(worst.effects[spec.test]),
      title:
        moved.length === 0
          ? `No input moved by ${spec.test} ${spec.alertAt} in ${rows} predictions`
          : `${moved.length} of ${found.length} moved by ${spec.test} ${spec.alertAt} or more: ${names}`,
      body: { rows: bucket.rows, test: spec.test, inputs: found.map(shown), figures: [figure(spec, found)] },
    },
    ...found.map(
      (one): WindowReport => ({
        monitor: `drift:${one.name}`,
        ...base,
        verdict: verdict(one.moved),
        value: finite(one.effects[spec.test]),
        title: `${one.name}: ${spec.test} ${round(one.effects[spec.test])}`,
        body: shown(one),
      }),
    ),
  ];
}

function compare(
  { test, alertAt }: { readonly test: DriftTestName; readonly alertAt: number },
  profiles: readonly InputProfile[],
  bucket: HourBucket,
): Moved[] {
  const results = profiles.map((profile, i) => {
    const pair = { reference: referenceCounts(profile), current: bucket.counts[i] as Float64Array };
    const by = Object.fromEntries(TESTS.map((name) => [name, driftTest(name, pair)])) as Record<
      DriftTestName,
      ReturnType<typeof driftTest>
    >;
    return { name: profile.name, by, rows: total(pair.current) };
  });
  const adjusted = benjaminiHochberg(results.map(({ by }) => by[test].p));
  const significant = [...adjusted].map((p) => p <= FALSE_DISCOVERIES);
  return results.map(
    ({ name, by }, i): Moved => ({
      name,
      effects: { psi: by.psi.effect, js: by.js.effect, ks: by.ks.effect },
      p: by[test].p,
      significant: significant[i] === true,
      moved: significant[i] === true && by[test].effect >= alertAt,
    }),
  );
}

function effectOf({ effects }: Moved, { test }: { readonly test: DriftTestName }): number {
  return Number.isFinite(effects[test]) ? effects[test] : -1;
}

function shown({ name, effects, p, significant, moved }: Moved) {
  return {
    input: name,
    psi: finite(effects.psi),
    js_distance: finite(effects.js),
    ks_binned: finite(effects.ks),
    p: finite(p),
    significant,
    moved,
  };
}

function figure(
  { test, alertAt }: { readonly test: DriftTestName; readonly alertAt: number },
  found: readonly Moved[],
) {
  const sorted = [...found].sort((a, b) => effectOf(b, { test }) - effectOf(a, { test }));
  return {
    kind: 'bars',
    title: `Difference from the training rows (${test})`,
    x: { label: 'input' },
    y: { label: test },
    categories: sorted.map(({ name }) => name),
    series: [{ name: test, values: sorted.map(({ effects }) => finite(effects[test])) }],
    thresholds: [{ value: alertAt, label: 'alert' }],
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function round(value: number): string {
  return Number.isFinite(value) ? value.toFixed(3) : 'unknown';
}
