/** A smooth convex function: its value at w, with the gradient written into `gradient`. */
export type SmoothFunction = (w: Float64Array, gradient: Float64Array) => number;

/** Steps remembered; Liu and Nocedal (1989) found 3 to 20 enough. */
const MEMORY = 10;
const ITERATIONS_MAX = 500;
/** Sufficient decrease (Armijo; Nocedal and Wright, Numerical Optimization, section 3.1). */
const DECREASE = 1e-4;
const HALVINGS_MAX = 20;
/** Gradient, relative to its start, at which the minimum is as exact as the value's rounding allows. */
const TOLERANCE = 1e-9;
/**
 * Share of the value that a step must take off. The value is rounded to about 1e-16 of itself, so that
 * smaller steps would follow its noise: with columns that nearly repeat each other, for hundreds of
 * iterations.
 */
const PROGRESS_MIN = 1e-13;

/**
 * Minimises from w = 0 by limited-memory BFGS (Nocedal and Wright, algorithms 7.4 and 7.5). Deterministic.
 */
export function minimise(f: SmoothFunction, dimension: number): { w: Float64Array; iterations: number } {
  let w = new Float64Array(dimension);
  let gradient = new Float64Array(dimension);
  let value = f(w, gradient);
  const enough = TOLERANCE * Math.max(norm(gradient), Number.MIN_VALUE);
  const pairs: Pair[] = [];
  for (let iteration = 0; iteration < ITERATIONS_MAX; iteration++) {
    if (norm(gradient) <= enough) return { w, iterations: iteration };
    const direction = descent(gradient, pairs);
    const slope = dot(direction, gradient);
    let step = pairs.length === 0 ? Math.min(1, 1 / norm(gradient)) : 1;
    const next = new Float64Array(dimension);
    const nextGradient = new Float64Array(dimension);
    let nextValue = Number.POSITIVE_INFINITY;
    let halvings = 0;
    for (; halvings <= HALVINGS_MAX; halvings++, step /= 2) {
      for (let i = 0; i < dimension; i++) next[i] = (w[i] as number) + step * (direction[i] as number);
      nextValue = f(next, nextGradient);
      if (nextValue <= value + DECREASE * step * slope) break;
    }
    // no step lowers the value any more: it is a minimum up to rounding
    if (halvings > HALVINGS_MAX) return { w, iterations: iteration };
    remember(pairs, w, next, gradient, nextGradient);
    const progress = value - nextValue;
    w = next;
    gradient = nextGradient;
    value = nextValue;
    if (progress <= PROGRESS_MIN * Math.abs(value)) return { w, iterations: iteration + 1 };
  }
  return { w, iterations: ITERATIONS_MAX };
}

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

function remember(
  pairs: Pair[],
  w: Float64Array,
  next: Float64Array,
  gradient: Float64Array,
  after: Float64Array,
) {
  const step = next.map((value, i) => value - (w[i] as number));
  const change = after.map((value, i) => value - (gradient[i] as number));
  const curvature = dot(step, change);
  if (!(curvature > 0)) return;
  pairs.push({ step, change, curvature });
  if (pairs.length > MEMORY) pairs.shift();
}

/** The two-loop recursion: minus the approximate inverse Hessian times the gradient. */
function descent(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const q = gradient.map((value) => -value);
  const shares: number[] = [];
  for (const { step, change, curvature } of pairs.toReversed()) {
    const share = dot(step, q) / curvature;
    shares.push(share);
    addTo(q, change, -share);
  }
  const newest = pairs.at(-1);
  if (newest !== undefined) {
    const scale = newest.curvature / dot(newest.change, newest.change);
    for (let i = 0; i < q.length; i++) q[i] = (q[i] as number) * scale;
  }
  for (const { step, change, curvature } of pairs) {
    const share = shares.pop() as number;
    addTo(q, step, share - dot(change, q) / curvature);
  }
  return q;
}

function addTo(target: Float64Array, other: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i] = (target[i] as number) + factor * (other[i] as number);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}
