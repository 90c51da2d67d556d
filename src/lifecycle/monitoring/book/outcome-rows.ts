/** Rows added at once when a day's arrays are full. */
const GROWTH = 4_096;

/** Predictions of one day with what came of them, as typed arrays; row i is the i-th prediction of the day. */
export class OutcomeRows {
  rows = 0;
  /** Rows whose outcome is known. */
  known = 0;
  score = new Float64Array(GROWTH);
  /** NaN until the outcome is known. */
  target = new Float64Array(GROWTH);
  /** Place of the release in the book's list. */
  release = new Uint16Array(GROWTH);
  /** Event time, milliseconds UTC. */
  t = new Float64Array(GROWTH);
  slices: Int32Array[];

  constructor(slices: number) {
    this.slices = Array.from({ length: slices }, () => new Int32Array(GROWTH));
  }

  /** Adds a prediction and returns its row. `codes`: its slice by each slicing. */
  add(row: {
    readonly t: number;
    readonly score: number;
    readonly release: number;
    readonly codes: readonly number[];
  }): number {
    if (this.rows === this.score.length) this.#grow();
    const at = this.rows++;
    this.score[at] = row.score;
    this.target[at] = Number.NaN;
    this.release[at] = row.release;
    this.t[at] = row.t;
    for (let i = 0; i < this.slices.length; i++) (this.slices[i] as Int32Array)[at] = row.codes[i] ?? -1;
    return at;
  }

  settle(at: number, target: number): void {
    if (Number.isNaN(this.target[at])) this.known++;
    this.target[at] = target;
  }

  #grow(): void {
    const size = this.score.length * 2;
    const longer = <A extends Float64Array | Int32Array | Uint16Array>(array: A, into: A): A => {
      into.set(array);
      return into;
    };
    this.score = longer(this.score, new Float64Array(size));
    this.target = longer(this.target, new Float64Array(size));
    this.t = longer(this.t, new Float64Array(size));
    this.release = longer(this.release, new Uint16Array(size));
    this.slices = this.slices.map((codes) => longer(codes, new Int32Array(size)));
  }
}
