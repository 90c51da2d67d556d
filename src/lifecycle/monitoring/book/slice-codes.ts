/** Slices of one slicing that are told apart; a value beyond them is in none. */
const SLICES_MAX = 1_000;

/** The values of slicings as codes, in the order of their first appearance. */
export class SliceCodes {
  readonly #codes: readonly Map<string, number>[];

  constructor(slicings: number) {
    this.#codes = Array.from({ length: slicings }, () => new Map<string, number>());
  }

  /** Code of a value of a slicing; -1 for one too many and for none. */
  of(slicing: number, value: string | undefined): number {
    const known = this.#codes[slicing];
    if (known === undefined || value === undefined) return -1;
    const code = known.get(value);
    if (code !== undefined) return code;
    if (known.size >= SLICES_MAX) return -1;
    known.set(value, known.size);
    return known.size - 1;
  }

  /** Values of a slicing by code. */
  values(slicing: number): readonly string[] {
    return [...(this.#codes[slicing]?.keys() ?? [])];
  }
}
