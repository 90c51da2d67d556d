import type { Mark, MarkKind } from '../evidence/figure.ts';
import type { LinearScale } from './linear-scale.ts';
import { px, svg } from './svg-element.ts';
import type { SvgElement } from './svg-element.ts';

/** The word of each kind, in the singular. */
export const MARK_WORDS: Readonly<Record<MarkKind, string>> = {
  incident: 'Incident',
  resolved: 'Resolved',
  retraining: 'Retraining',
  refusal: 'Refusal',
  promotion: 'Promotion',
  rollback: 'Rollback',
  exit: 'Exit',
};

/** Each kind has its own outline in a square of 10 pixels, so that it can be told apart without colour. */
const OUTLINES: Readonly<Record<MarkKind, string>> = {
  incident: 'M0,-4.5L5,4L-5,4Z',
  resolved: 'M-4.5,0.5L-1.5,3.5L4.5,-3.5',
  retraining: 'M4,0A4,4 0 1 1 1.2,-3.8M1.2,-3.8L-1.4,-5M1.2,-3.8L-0.4,-1.4',
  refusal: 'M-3.5,-3.5L3.5,3.5M3.5,-3.5L-3.5,3.5',
  promotion: 'M0,-5L4.5,0.5L1.6,0.5L1.6,5L-1.6,5L-1.6,0.5L-4.5,0.5Z',
  rollback: 'M0,5L4.5,-0.5L1.6,-0.5L1.6,-5L-1.6,-5L-1.6,-0.5L-4.5,-0.5Z',
  exit: 'M-4,-4L4,-4L4,4L-4,4Z',
};

const FILLED: ReadonlySet<MarkKind> = new Set(['incident', 'promotion', 'rollback', 'exit']);

/** Moments of one sort share a line below the plot, so that none hides another of a different sort. */
const LANES: readonly { readonly name: string; readonly kinds: readonly MarkKind[] }[] = [
  { name: 'Incidents', kinds: ['incident', 'resolved'] },
  { name: 'Retraining', kinds: ['retraining', 'refusal'] },
  { name: 'Releases', kinds: ['promotion', 'rollback', 'exit'] },
];

const LANE_HEIGHT = 18;
/** Between the plot and the first lane. */
const LANES_GAP = 12;

/** Left margin that the names of lanes need. */
export const LANES_MARGIN = 70;

type Lane = (typeof LANES)[number];

function lanesOf(marks: readonly Mark[]): readonly Lane[] {
  return LANES.filter(({ kinds }) => marks.some(({ kind }) => kinds.includes(kind)));
}

/** Height in pixels of the lanes of these marks; 0 without any. */
export function lanesHeight(marks: readonly Mark[]): number {
  const lanes = lanesOf(marks).length;
  return lanes === 0 ? 0 : lanes * LANE_HEIGHT + LANES_GAP;
}

interface LanesInput {
  readonly marks: readonly Mark[];
  readonly x: LinearScale;
  readonly xText: (at: number) => string;
  /** Pixels: ends of the plot above, and the left end of the lanes. */
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
}

/** An upright line through the plot for each mark, and its sign in the lane of its sort. */
export function markLanes({ marks, x, xText, top, bottom, left }: LanesInput): SvgElement[] {
  return lanesOf(marks).flatMap(({ name, kinds }, lane) => {
    const middle = bottom + LANES_GAP + (lane + 0.5) * LANE_HEIGHT;
    return [
      svg('text', { class: 'chart-tick', x: left - 8, y: middle + 3.5, 'text-anchor': 'end' }, [name]),
      ...marks
        .filter(({ kind }) => kinds.includes(kind))
        .map(({ at, kind, label }) => {
          const place = px(x.at(at));
          return svg('g', { class: `mark-${kind}` }, [
            svg('title', {}, [`${xText(at)} ${MARK_WORDS[kind]}: ${label}`]),
            svg('line', { class: 'chart-mark-line', x1: place, x2: place, y1: top, y2: middle - 7 }),
            markSign(kind, place, middle),
          ]);
        }),
    ];
  });
}

/** The sign of a kind around a place. */
export function markSign(kind: MarkKind, x: number, y: number): SvgElement {
  return svg('path', {
    class: `${FILLED.has(kind) ? 'chart-mark-filled' : 'chart-mark-open'} mark-${kind}`,
    d: OUTLINES[kind],
    transform: `translate(${x} ${y})`,
  });
}

/** Kinds among the marks, in the order of the lanes. */
export function markKinds(marks: readonly Mark[]): readonly MarkKind[] {
  return LANES.flatMap(({ kinds }) => kinds).filter((kind) => marks.some((mark) => mark.kind === kind));
}

/** `3 incidents, 1 promotion`: what a screen reader is told of the marks; empty without any. */
export function marksSummary(marks: readonly Mark[]): string {
  return markKinds(marks)
    .map((kind) => {
      const count = marks.filter((mark) => mark.kind === kind).length;
      const word = MARK_WORDS[kind].toLowerCase();
      return `${count} ${count === 1 || kind === 'resolved' ? word : `${word}s`}`;
    })
    .join(', ');
}
