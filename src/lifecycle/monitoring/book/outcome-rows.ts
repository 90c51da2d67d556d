/** Rows that a day has room for at first. */
const ROWS_FIRST = 1_024;

/**
 * Predictions of one day with what came of them, as typed arrays; row i is the i-th prediction of the day.
 * Each column has room for more rows than there are.
 */
export class OutcomeRows {
  rows = 0;
  score = new Float64Array(ROWS_FIRST);
  /** NaN until the outcome is known. */
  target = new Float64Array(ROWS_FIRST);
  /** Place of the release in the traffic's list. */
  release = new Uint16Array(ROWS_FIRST);
  /** Event time, milliseconds UTC. */
  t = new Float64Array(ROWS_FIRST);
  /** Code of the slice by each slicing; -1: none. */
  slices: Int32Array[];

  constructor(slicings: number) {
    this.slices = Array.from({ length: slicings }, () => new Int32Array(ROWS_FIRST));
  }

  /** Adds a prediction and returns its row; its slices are written by the caller. */
  add(t: number, score: number, release: number): number {
    if (this.rows === this.score.length) this.#grow();
    const row = this.rows++;
    this.t[row] = t;
    this.score[row] = score;
    this.target[row] = Number.NaN;
    this.release[row] = release;
    return row;
  }

  /** Notes an outcome. Of a row that was forgotten, nothing. */
  settle(row: number, target: number): void {
    if (row >= 0 && row < this.rows) this.target[row] = target;
  }

  /** Gives the memory back although references to rows are still held. */
  clear(): void {
    this.rows = 0;
    this.score = new Float64Array(0);
    this.target = new Float64Array(0);
    this.release = new Uint16Array(0);
    this.t = new Float64Array(0);
    this.slices = this.slices.map(() => new Int32Array(0));
  }

  #grow(): void {
    const size = Math.max(ROWS_FIRST, this.score.length * 2);
    this.score = copyInto(this.score, new Float64Array(size));
    this.target = copyInto(this.target, new Float64Array(size));
    this.release = copyInto(this.release, new Uint16Array(size));
    this.t = copyInto(this.t, new Float64Array(size));
    this.slices = this.slices.map((codes) => copyInto(codes, new Int32Array(size)));
  }
}

function copyInto<A extends Float64Array | Int32Array | Uint16Array>(from: A, into: A): A {
  into.set(from);
  return into;
}
