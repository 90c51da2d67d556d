import { exportInput } from '../../decide/onnx/export-input.ts';
import { inputTypes, type ReleaseManifest } from '../../decide/release.ts';
import { compileRelease } from '../../decide/release-decider.ts';
import { TendError } from '../../kernel/error.ts';
import { hashJson, sha256 } from '../../kernel/hash.ts';

/** Versions of fallbacks begin so: they are no version of a model. */
const PREFIX = 'fallback:';

/** Whether a route's version is a fallback. */
export function isFallback(version: string): boolean {
  return version.startsWith(PREFIX);
}

/** What answers in the place of a model: a feature, or one number for all. */
export type FallbackRule =
  | { readonly kind: 'feature'; readonly name: string }
  | { readonly kind: 'constant' };

/** A release that answers by a rule, and the file of its model. */
export interface FallbackRelease {
  readonly version: string;
  readonly manifest: ReleaseManifest;
  readonly modelBytes: Uint8Array;
  /** The model input that is the answer; of a constant the one that is not looked at. */
  readonly input: string;
  /** The answer where the feature is missing, and of a constant. */
  readonly missing: number;
}

/**
 * The release that answers by a rule in the place of another one: same fields, features, key and event time,
 * so that a client notices nothing; of the feature tables the one that it reads. Probabilities stay within 0
 * and 1. The same rule over the same release gives the same bytes.
 * @throws INVALID_INPUT when no number of the release has the name
 */
export function fallbackRelease(base: ReleaseManifest, rule: FallbackRule, missing: number): FallbackRelease {
  const input = rule.kind === 'feature' ? numberInput(base, rule.name) : firstNumber(base);
  const isScore = base.kind === 'classification';
  const value = isScore ? Math.min(1, Math.max(0, missing)) : missing;
  const bounds = rule.kind === 'constant' ? { low: value, high: value } : isScore ? { low: 0, high: 1 } : {};
  const objective = isScore ? 'binary' : 'regression';
  const modelBytes = exportInput(input, { objective, missing: value, ...bounds });
  const { id: _, ...said } = {
    ...base,
    modelBlob: sha256(modelBytes),
    tables: base.tables.filter(({ name, columns }) =>
      columns.some((column) => `${name}.${column}` === input),
    ),
    inputs: [{ name: input, type: 'number' as const }],
  };
  const version = `${PREFIX}${rule.kind === 'feature' ? input : String(value)}`.slice(0, 100);
  const manifest = { ...said, id: `rel_${hashJson(said).slice(0, 26)}` };
  return { version, manifest, modelBytes, input, missing: value };
}

/**
 * What a release says of an instance of which nothing is known: every input is missing. 0 where it has no
 * answer, as a broken one may.
 */
export function answerToNothing(manifest: ReleaseManifest, modelBytes: Uint8Array): number {
  const { decide } = compileRelease({ manifest, modelBytes, lookup: () => null });
  const inputs = manifest.inputs.map(() => null);
  const [answer = Number.NaN] = decide([{ eventTimeMs: 0, key: null, inputs }]);
  return Number.isFinite(answer) ? answer : 0;
}

/** An input is named whole (`table.column`) or by its last part, as a baseline is. */
function numberInput(manifest: ReleaseManifest, name: string): string {
  const numbers = numberNames(manifest);
  const found = numbers.find((key) => key === name) ?? numbers.find((key) => key.split('.').at(-1) === name);
  if (found !== undefined) return found;
  throw new TendError('INVALID_INPUT', `expected a number that the release knows, came ${name}`, {
    hint: `It knows ${numbers.join(', ') || 'none'}.`,
  });
}

function firstNumber(manifest: ReleaseManifest): string {
  const [first] = numberNames(manifest);
  if (first !== undefined) return first;
  throw new TendError('INVALID_INPUT', 'the release knows no number that a fallback could take');
}

function numberNames(manifest: ReleaseManifest): string[] {
  return [...inputTypes(manifest)].flatMap(([name, type]) => (type === 'number' ? [name] : []));
}
