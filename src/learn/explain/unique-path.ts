/**
 * The features on the way to a node with the weights of all their coalitions by size: the path `m` of
 * TreeSHAP (Lundberg, Erion, Lee 2018, algorithm 2). Paths of one descent lie behind each other in shared
 * arrays, so that nothing is allocated while walking.
 *
 * A path of `length` steps that starts at `start` fills `start` … `start + length - 1`; its first step
 * stands for the root and has feature -1.
 */
export class UniquePath {
  readonly feature: Int32Array;
  /** Share of training rows that pass the step when its feature is unknown. */
  readonly zero: Float64Array;
  /** 1 when the explained row passes the step, else 0. */
  readonly one: Float64Array;
  /** `weight[start + k]`: weight of the coalitions of k of the features. */
  readonly weight: Float64Array;
  /** 1 / k, since multiplying is quicker than dividing. */
  readonly #reciprocal: Float64Array;

  /** Room for descents of at most `steps` steps, the root's included. */
  constructor(steps: number) {
    const room = ((steps + 1) * (steps + 2)) / 2;
    this.feature = new Int32Array(room);
    this.zero = new Float64Array(room);
    this.one = new Float64Array(room);
    this.weight = new Float64Array(room);
    this.#reciprocal = Float64Array.from({ length: steps + 2 }, (_, k) => 1 / k);
  }

  /**
   * EXTEND: a copy of the path at `parent` (of `length` steps) with one more step; returns where it starts.
   */
  extend(parent: number, length: number, zero: number, one: number, feature: number): number {
    const start = parent + length;
    const { weight } = this;
    for (let i = 0; i < length; i++) {
      this.feature[start + i] = this.feature[parent + i]!;
      this.zero[start + i] = this.zero[parent + i]!;
      this.one[start + i] = this.one[parent + i]!;
      weight[start + i] = weight[parent + i]!;
    }
    this.feature[start + length] = feature;
    this.zero[start + length] = zero;
    this.one[start + length] = one;
    weight[start + length] = length === 0 ? 1 : 0;
    const scale = this.#reciprocal[length + 1]!;
    for (let i = length - 1; i >= 0; i--) {
      const shared = weight[start + i]! * scale;
      weight[start + i + 1] = weight[start + i + 1]! + one * shared * (i + 1);
      weight[start + i] = zero * shared * (length - i);
    }
    return start;
  }

  /** Where in the path of `length` steps the feature is, or -1. */
  indexOf(start: number, length: number, feature: number): number {
    for (let i = 1; i < length; i++) if (this.feature[start + i] === feature) return i;
    return -1;
  }

  /**
   * UNWIND: takes step `index` out of the path whose last step is `last`. Its (zero, one) are not both 0.
   */
  unwind(start: number, last: number, index: number): void {
    const { weight } = this;
    const one = this.one[start + index]!;
    const zero = this.zero[start + index]!;
    let next = weight[start + last]!;
    for (let i = last - 1; i >= 0; i--) {
      if (one !== 0) {
        const before = weight[start + i]!;
        weight[start + i] = next * (last + 1) * this.#reciprocal[i + 1]!;
        next = before - weight[start + i]! * zero * (last - i) * this.#reciprocal[last + 1]!;
      } else {
        weight[start + i] = (weight[start + i]! * (last + 1)) / (zero * (last - i));
      }
    }
    for (let i = index; i < last; i++) {
      this.feature[start + i] = this.feature[start + i + 1]!;
      this.zero[start + i] = this.zero[start + i + 1]!;
      this.one[start + i] = this.one[start + i + 1]!;
    }
  }

  /**
   * Adds what a leaf of this value contributes to the feature of each step of the path whose last step is
   * `last`: (one - zero) × value × the weights of the path without that step.
   */
  addLeaf(start: number, last: number, value: number, sums: Float64Array): void {
    const { weight } = this;
    // A step that the row does not pass contributes -zero times a sum that has 1 / zero as its only part of
    // that step. The product is the same for all such steps of a leaf: taken once, it saves most of the
    // unwinding.
    let unpassed = 0;
    for (let i = 0; i < last; i++) unpassed += weight[start + i]! * this.#reciprocal[last - i]!;
    unpassed *= (last + 1) * value;
    for (let step = 1; step <= last; step++) {
      const feature = this.feature[start + step]!;
      if (this.one[start + step] === 0) {
        sums[feature] = sums[feature]! - unpassed;
        continue;
      }
      const zero = this.zero[start + step]!;
      let next = weight[start + last]!;
      let total = 0;
      for (let i = last - 1; i >= 0; i--) {
        const part = next * this.#reciprocal[i + 1]!;
        total += part;
        next = weight[start + i]! - part * zero * (last - i);
      }
      sums[feature] = sums[feature]! + total * (last + 1) * (1 - zero) * value;
    }
  }
}
