import { asJson, type Json } from '../../../kernel/json.ts';
import { benjaminiHochberg } from '../../../learn/drift/benjamini-hochberg.ts';
import { type Drift, type DriftTest, measureDrift } from '../../../learn/drift/measure-drift.ts';
import { profileFigure } from './profile-figure.ts';
import { type InputPlaces, referenceCounts, windowCounts } from './input-counts.ts';
import type { ReleaseShare, Traffic } from './traffic.ts';
import { finiteOrNull, type TimeWindow, type WindowReport } from './window-report.ts';

/** Fewer rows, and differences that matter are within what chance explains. */
const ROWS_MIN = 200;

/**
 * Share of false ones among the inputs that are called moved, and of single false alarms that a bound
 * allows.
 */
const FALSE_DISCOVERIES = 0.01;

/**
 * Hours of the window in which the release must have answered: with a weekday half missing, weekdays drift.
 */
const ANSWERED_SHARE = 0.95;

/** Pictures of the inputs that moved most. */
const PICTURES_MAX = 3;

const TESTS: readonly DriftTest[] = ['psi', 'js', 'ks'];

/** How drift is looked for. */
export interface DriftSpec {
  /** What decides; the others are shown beside it. */
  readonly test: DriftTest;
  /** The least effect that matters. */
  readonly alertAt: number;
  readonly overMs: number;
}

interface Compared {
  readonly places: InputPlaces;
  readonly by: Readonly<Record<DriftTest, Drift>>;
  /** The p-value of the test that decides, adjusted for all inputs of the window. */
  readonly adjusted: number;
  readonly moved: boolean;
}

/**
 * Drift of every input and of the score of the release that answers now, against what it was made on: one
 * report for all together and one for each. An input has moved where its effect is at least the declared
 * one *and* is more than chance explains for so many rows (false discovery rate over the window of 1 %).
 */
export function driftReports(spec: DriftSpec, traffic: Traffic, at: number): WindowReport[] {
  const window = { from: at - spec.overMs, to: at };
  const release = traffic.answering(window);
  const doubt = doubtOf(release, traffic.since, window);
  if (release?.reference === undefined) {
    const reason = doubt ?? 'nothing answered';
    return [openReport(spec, window, release, reason)];
  }
  const bucket = traffic.sum(release.place, window);
  const found = compare(spec, traffic.places(release.place).inputs, bucket.counts);
  const sorted = [...found].sort((a, b) => effectOf(b, spec) - effectOf(a, spec));
  const moved = sorted.filter((one) => one.moved);
  const verdictOf = (fails: boolean): WindowReport['verdict'] =>
    doubt === undefined ? (fails ? 'fail' : 'pass') : 'open';
  const base = { ...window, bound: spec.alertAt, release: release.hash };
  const said = { version: release.version, rows: bucket.rows, reference_rows: release.reference.rows };
  const why = doubt === undefined ? {} : { reason: doubt };
  const figureOf = ({ places }: Compared): Json =>
    asJson(profileFigure(places.profile, windowCounts(places, bucket.counts)));
  const all: WindowReport = {
    monitor: 'drift',
    ...base,
    verdict: verdictOf(moved.length > 0),
    value: finiteOrNull(sorted[0]?.by[spec.test].effect),
    title: titleOf(spec, sorted, moved, bucket.rows, doubt),
    body: {
      ...said,
      ...why,
      test: spec.test,
      alert_at: spec.alertAt,
      inputs: sorted.map(shown),
      figures: [effectsFigure(spec, sorted), ...moved.slice(0, PICTURES_MAX).map(figureOf)],
    },
  };
  const each = found.map((one): WindowReport => {
    const { name } = one.places.profile;
    const { measure, effect } = one.by[spec.test];
    return {
      monitor: `drift:${name}`,
      ...base,
      verdict: verdictOf(one.moved),
      value: finiteOrNull(effect),
      title: `${name}: ${measure} ${round(effect)}`,
      body: { ...said, ...why, test: spec.test, ...shown(one), figures: [figureOf(one)] },
    };
  });
  return [all, ...each];
}

function doubtOf(release: ReleaseShare | undefined, since: number, window: TimeWindow): string | undefined {
  if (release === undefined) return 'nothing answered';
  if (release.reference === undefined) return `version ${release.version} has no reference profile`;
  if (release.rows < ROWS_MIN) return `${release.rows} predictions are too few`;
  const slack = (1 - ANSWERED_SHARE) * (window.to - window.from);
  if (since > window.from + slack) return 'the first window is not full yet';
  if (release.hours >= ANSWERED_SHARE * release.activeHours) return undefined;
  return `version ${release.version} answered in ${release.hours} of ${release.activeHours} hours so far`;
}

function openReport(
  spec: DriftSpec,
  window: TimeWindow,
  release: ReleaseShare | undefined,
  reason: string,
): WindowReport {
  return {
    monitor: 'drift',
    ...window,
    verdict: 'open',
    value: null,
    bound: spec.alertAt,
    release: release?.hash ?? null,
    title: `Drift cannot be told: ${reason}`,
    body: { reason, rows: release?.rows ?? 0, test: spec.test, alert_at: spec.alertAt },
  };
}

function compare(
  { test, alertAt }: DriftSpec,
  inputs: readonly InputPlaces[],
  counts: Uint32Array,
): Compared[] {
  const measured = inputs.map((places) => {
    const rows = {
      reference: referenceCounts(places.profile),
      current: windowCounts(places, counts),
      ordered: places.profile.kind === 'number',
    };
    const of = (name: DriftTest): Drift => measureDrift(name, rows, FALSE_DISCOVERIES);
    return { places, by: { psi: of('psi'), js: of('js'), ks: of('ks') } };
  });
  const adjusted = benjaminiHochberg(measured.map(({ by }) => by[test].pValue));
  return measured.map(({ places, by }, i) => {
    const { effect, bound } = by[test];
    const moved = effect >= alertAt && effect > bound && adjusted[i]! <= FALSE_DISCOVERIES;
    return { places, by, adjusted: adjusted[i]!, moved };
  });
}

function effectOf({ by }: Compared, { test }: DriftSpec): number {
  return Number.isNaN(by[test].effect) ? -1 : by[test].effect;
}

function titleOf(
  { test, alertAt }: DriftSpec,
  sorted: readonly Compared[],
  moved: readonly Compared[],
  rows: number,
  doubt: string | undefined,
): string {
  if (doubt !== undefined) return `Drift cannot be told: ${doubt}`;
  const named = (one: Compared): string => `${one.places.profile.name} ${round(one.by[test].effect)}`;
  const over = `${rows.toLocaleString('en')} predictions`;
  if (moved.length > 0) {
    const more = moved.length > PICTURES_MAX ? ', …' : '';
    const names = moved.slice(0, PICTURES_MAX).map(named).join(', ') + more;
    return `${moved.length} of ${sorted.length} moved by ${test} ${alertAt} or more: ${names}; ${over}`;
  }
  const most = sorted[0] === undefined ? '' : `; most: ${named(sorted[0])}`;
  return `No input moved by ${test} ${alertAt}${most}; ${over}`;
}

function shown({ places, by, adjusted, moved }: Compared): { readonly [key: string]: Json } {
  const measures = TESTS.map((name) => {
    const { measure, effect, bound } = by[name];
    return [MEASURE_NAMES[measure], { effect: finiteOrNull(effect), by_chance: finiteOrNull(bound) }];
  });
  return {
    input: places.profile.name,
    ...(Object.fromEntries(measures) as { readonly [key: string]: Json }),
    p_adjusted: finiteOrNull(adjusted),
    moved,
  };
}

/** Kolmogorov and Smirnov's statistic is that of the bins; the exact one is never below it. */
const MEASURE_NAMES = {
  psi: 'psi',
  js: 'js_distance',
  ks: 'ks_binned',
  tv: 'total_variation',
} as const;

function effectsFigure({ test, alertAt }: DriftSpec, sorted: readonly Compared[]): Json {
  return {
    kind: 'bars',
    title: `How far the inputs are from the training rows (${test})`,
    x: { label: 'input' },
    y: { label: test },
    categories: sorted.map(({ places }) => places.profile.name),
    series: [
      { name: 'this window', values: sorted.map(({ by }) => finiteOrNull(by[test].effect)) },
      { name: 'by chance, 1 %', values: sorted.map(({ by }) => finiteOrNull(by[test].bound)) },
    ],
    thresholds: [{ value: alertAt, label: 'alert' }],
  };
}

function round(value: number): string {
  return Number.isFinite(value) ? value.toFixed(3) : 'unknown';
}
