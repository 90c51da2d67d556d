// The loops in which training spends its time, over one shared linear memory. Pointers are byte addresses
// that the caller laid out (`training-layout.ts`). `kernel-js.ts` does the same additions in the same order,
// so both give the same bits.

/** Adds the gradient pair of each listed row to one histogram cell for every listed feature. */
export function histogram(
  bins: usize, // u8, row-major
  stride: usize, // bytes of a row
  rows: usize, // u32 row numbers
  count: usize,
  gradients: usize, // f32 pairs: gradient, hessian
  features: usize, // u32 pairs: column, byte offset of its cells
  featureCount: usize,
  cells: usize, // f64 pairs
): void {
  const rowsEnd = rows + (count << 2);
  const featuresEnd = features + (featureCount << 3);
  for (; rows < rowsEnd; rows += 4) {
    const row: usize = load<u32>(rows);
    const pair = f64x2.promote_low_f32x4(v128.load64_zero(gradients + (row << 3)));
    const base = bins + row * stride;
    for (let f = features; f < featuresEnd; f += 8) {
      const at = cells + load<u32>(f, 4) + ((<usize>load<u8>(base + load<u32>(f))) << 4);
      v128.store(at, f64x2.add(v128.load(at), pair));
    }
  }
}

/** `parent -= child`, cell by cell: the histogram of the other child. */
export function subtract(parent: usize, child: usize, cellCount: usize): void {
  const end = parent + (cellCount << 4);
  for (; parent < end; parent += 16, child += 16) {
    v128.store(parent, f64x2.sub(v128.load(parent), v128.load(child)));
  }
}

/** Moves the rows that go left to the front, both sides in their order. Returns how many went left. */
export function partition(
  column: usize, // u8, by row
  rows: usize,
  count: usize,
  scratch: usize, // u32, room for `count`
  lastLeftBin: u32,
  missingLeftBin: u32, // the missing bin when it goes left, else a number that no bin has
): usize {
  let left = rows;
  let right = scratch;
  const end = rows + (count << 2);
  for (let at = rows; at < end; at += 4) {
    const row: u32 = load<u32>(at);
    const bin: u32 = load<u8>(column + row);
    const goesLeft: usize = <usize>(i32(bin <= lastLeftBin) | i32(bin == missingLeftBin));
    store<u32>(left, row);
    store<u32>(right, row);
    left += goesLeft << 2;
    right += (1 - goesLeft) << 2;
  }
  memory.copy(left, scratch, right - scratch);
  return (left - rows) >> 2;
}

// exp(-a) = 2^k exp(r), k = round(-a / log 2), r = -a - k log 2 in two parts (Cody and Waite), |r| <= 0.3466,
// and the Taylor series to r^12, whose remainder is below 2e-16 of the value.
const LOG2_E: f64 = 1.4426950408889634;
const LN2_HIGH: f64 = 0.69314718036912381649;
const LN2_LOW: f64 = 1.90821492927058770002e-10;
/** Added and taken away again it rounds to whole numbers, and its sum holds the number in its lowest bits. */
const ROUNDER: f64 = 6755399441055744.0;
const MARGIN_MAX: f64 = 700.0;

/**
 * First and second derivative of log loss by row, as f32 pairs; `sums` gets what the mean loss is made of.
 */
export function logistic(
  scores: usize, // f64
  target: usize, // f64: 0 or 1
  count: usize, // even
  gradients: usize, // f32 pairs
  sums: usize, // f64: products of 1 + exp(-|s|) of even and odd rows, then sums of max(s, 0) - y s of both
): void {
  let products = f64x2.splat(1.0);
  let losses = f64x2.splat(0.0);
  const zero = f64x2.splat(0.0);
  const one = f64x2.splat(1.0);
  const end = scores + (count << 3);
  for (; scores < end; scores += 16, target += 16, gradients += 16) {
    const s = v128.load(scores);
    const y = v128.load(target);
    const small = expNegative(f64x2.min(f64x2.abs(s), f64x2.splat(MARGIN_MAX)));
    const whole = f64x2.add(one, small);
    const inverse = f64x2.div(one, whole);
    const less = f64x2.mul(small, inverse);
    const p = v128.bitselect(inverse, less, f64x2.ge(s, zero));
    const g = f32x4.demote_f64x2_zero(f64x2.sub(p, y));
    const h = f32x4.demote_f64x2_zero(f64x2.mul(less, inverse));
    v128.store(gradients, v128.shuffle<f32>(g, h, 0, 4, 1, 5));
    products = f64x2.mul(products, whole);
    losses = f64x2.add(losses, f64x2.sub(f64x2.max(s, zero), f64x2.mul(y, s)));
  }
  v128.store(sums, products);
  v128.store(sums, losses, 16);
}

function expNegative(a: v128): v128 {
  const shifted = f64x2.add(f64x2.mul(a, f64x2.splat(-LOG2_E)), f64x2.splat(ROUNDER));
  const k = f64x2.sub(shifted, f64x2.splat(ROUNDER));
  const high = f64x2.sub(f64x2.neg(a), f64x2.mul(k, f64x2.splat(LN2_HIGH)));
  const r = f64x2.sub(high, f64x2.mul(k, f64x2.splat(LN2_LOW)));
  let sum = f64x2.splat(1.0 / 479001600.0);
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 39916800.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 3628800.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 362880.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 40320.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 5040.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 720.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 120.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 24.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0 / 6.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(0.5));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0));
  sum = f64x2.add(f64x2.mul(sum, r), f64x2.splat(1.0));
  const power = i64x2.shl(i64x2.add(shifted, i64x2.splat(1023)), 52);
  return f64x2.mul(sum, power);
}
