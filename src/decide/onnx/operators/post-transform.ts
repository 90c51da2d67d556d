/** What follows the sums of a classifier or regressor of ai.onnx.ml. */
export const POST_TRANSFORMS = ['NONE', 'LOGISTIC', 'SOFTMAX'] as const;
export type PostTransform = (typeof POST_TRANSFORMS)[number];

/** The logistic function, computed in float64 so that it neither overflows nor cancels. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const power = Math.exp(x);
  return power / (1 + power);
}

/** Softmax over `width` values from `at` on, in place; the largest is subtracted first. */
export function softmax(data: Float32Array, at: number, width: number): void {
  let largest = Number.NEGATIVE_INFINITY;
  for (let j = at; j < at + width; j++) largest = Math.max(largest, data[j] as number);
  let sum = 0;
  for (let j = at; j < at + width; j++) sum += Math.exp((data[j] as number) - largest);
  for (let j = at; j < at + width; j++) data[j] = Math.exp((data[j] as number) - largest) / sum;
}

/** Applies a transform to rows of `width` values, in place. */
export function postTransform(kind: PostTransform, data: Float32Array, rows: number, width: number): void {
  if (kind === 'LOGISTIC') {
    for (let i = 0; i < rows * width; i++) data[i] = sigmoid(data[i] as number);
  } else if (kind === 'SOFTMAX') {
    for (let i = 0; i < rows; i++) softmax(data, i * width, width);
  }
}
