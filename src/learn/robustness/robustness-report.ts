import { type FeatureMatrix, selectRows } from '../matrix.ts';
import type { MetricKind } from '../metrics/metric.ts';
import { hashInteger, seededRandom } from '../random.ts';
import { sampleRows } from '../sample-rows.ts';
import { type Perturbation, PERTURBATIONS } from './perturbation.ts';

/**
 * Rows that are perturbed unless told otherwise: a share of 5 % is then known to ± 1.4 percentage points.
 */
export const ROBUSTNESS_ROWS = 1000;

/** An output has moved when it changes by at least this share of itself (Giskard's output sensitivity). */
export const OUTPUT_CHANGE_MIN = 0.05;

/** A model, and the rows and features that are perturbed. */
export interface RobustnessInput {
  readonly matrix: FeatureMatrix;
  /** The model: probabilities for classification, values for regression (length rows). */
  readonly predict: (matrix: FeatureMatrix) => Float64Array;
  readonly kind: MetricKind;
  /** Classification: scores at or above it are selected. */
  readonly threshold: number;
  /** Features to perturb, by name: measured quantities, not codes or encoded categories. */
  readonly numeric: readonly string[];
  readonly seed: number;
  /** Rows drawn at random when there are more. */
  readonly rows?: number;
}

/** What one perturbation did to the rows whose features it changed. Shares are NaN when it changed none. */
export interface RobustnessResult {
  /** null: all the numeric features at once. */
  readonly feature: string | null;
  readonly perturbation: string;
  /** Rows whose features changed; rounding and missing values leave some as they were. */
  readonly rows: number;
  /** Share whose decision is another one. 0 for regression. */
  readonly flipped: number;
  /** Share whose output changed by at least 5 % of itself; from 0, by anything. */
  readonly moved: number;
  /** The share that counts: `flipped` for classification, `moved` for regression, as in Giskard. */
  readonly failed: number;
}

/** How many decisions and outputs moved under each small change of the inputs. */
export interface RobustnessReport {
  readonly rows: number;
  /** Each feature under each perturbation, then all features together. */
  readonly results: readonly RobustnessResult[];
  /** The largest `failed`, the first of equals; null when nothing was changed. */
  readonly worst: RobustnessResult | null;
}

/**
 * Perturbs numeric features a little (×1.01, ×0.99, Gaussian noise of sd 0.01) and counts the decisions and
 * outputs that change: the metamorphic test of the Giskard scan, feature by feature, and for all features
 * together besides. No rows or no numeric features: no worst. Names that the matrix does not have are
 * ignored. Cost: 3 × (features + 1) + 1 predictions of at most `rows` rows.
 */
export function robustnessReport(input: RobustnessInput): RobustnessReport {
  const drawn = sampleRows(input.matrix.rows, input.rows ?? ROBUSTNESS_ROWS, seededRandom(input.seed));
  const matrix = selectRows(input.matrix, drawn);
  const before = input.predict(matrix);
  const numeric = input.numeric.map((name) => matrix.names.indexOf(name)).filter((f) => f >= 0);
  const results: RobustnessResult[] = [];
  const groups: (readonly number[])[] = numeric.map((f) => [f]);
  if (numeric.length > 1) groups.push(numeric);
  for (const group of groups) {
    for (const perturbation of PERTURBATIONS) {
      const { perturbed, changed } = perturb(matrix, group, perturbation, input.seed);
      const after = input.predict(perturbed);
      const feature = group === numeric ? null : matrix.names[group[0]!]!;
      results.push({ feature, perturbation: perturbation.name, ...compare(input, before, after, changed) });
    }
  }
  return { rows: matrix.rows, results, worst: worstOf(results) };
}

/** The matrix with some columns perturbed, and 1 for each row that this changed. */
function perturb(
  matrix: FeatureMatrix,
  features: readonly number[],
  perturbation: Perturbation,
  seed: number,
): { perturbed: FeatureMatrix; changed: Uint8Array } {
  const columns = matrix.columns.slice();
  const changed = new Uint8Array(matrix.rows);
  for (const f of features) {
    const original = columns[f]!;
    const column = perturbation.apply(original, hashInteger(f, seed));
    for (let i = 0; i < changed.length; i++) {
      if (column[i] !== original[i] && !Number.isNaN(original[i])) changed[i] = 1;
    }
    columns[f] = column;
  }
  return { perturbed: { ...matrix, columns }, changed };
}

function compare(
  { kind, threshold }: RobustnessInput,
  before: Float64Array,
  after: Float64Array,
  changed: Uint8Array,
): Pick<RobustnessResult, 'rows' | 'flipped' | 'moved' | 'failed'> {
  let rows = 0;
  let flips = 0;
  let moves = 0;
  for (let i = 0; i < changed.length; i++) {
    if (changed[i] === 0) continue;
    rows++;
    const from = before[i]!;
    const to = after[i]!;
    if (kind === 'classification' && from >= threshold !== to >= threshold) flips++;
    if (from !== to && Math.abs(to - from) >= OUTPUT_CHANGE_MIN * Math.abs(from)) moves++;
  }
  const flipped = flips / rows;
  const moved = moves / rows;
  return { rows, flipped, moved, failed: kind === 'classification' ? flipped : moved };
}

function worstOf(results: readonly RobustnessResult[]): RobustnessResult | null {
  let worst: RobustnessResult | null = null;
  for (const result of results) {
    if (result.rows > 0 && (worst === null || result.failed > worst.failed)) worst = result;
  }
  return worst;
}
