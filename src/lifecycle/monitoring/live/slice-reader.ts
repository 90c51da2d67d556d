import { compileRow } from '../../../decide/expression/compile-row.ts';
import { instanceReader } from '../../../decide/read-instance.ts';
import type { PredictionRecord } from '../../../serve/prediction-record.ts';
import type { CompiledFeatures } from '../../data/index.ts';

/** A feature or raw field that is missing in a row makes a slice of its own. */
export const MISSING_SLICE = '(missing)';

/**
 * The slices that a prediction belongs to, in the order of `names`: model inputs as they were logged, other
 * features computed again from the raw fields by the expressions that serve them, raw fields as they were
 * sent.
 */
export function sliceReader(
  features: CompiledFeatures,
  names: readonly string[],
): (record: PredictionRecord) => readonly string[] {
  const { definition } = features;
  const read = instanceReader(definition.fields);
  const inputs = new Set(features.inputs.map((input) => input.name));
  const computed = names.map((name) => {
    if (inputs.has(name)) return undefined;
    const feature = definition.features.find((one) => one.name === name);
    return feature === undefined ? undefined : compileRow(feature.expression, definition.fields);
  });
  const anyComputed = computed.some((one) => one !== undefined);
  return (record) => {
    const row = anyComputed ? read(record.fields, '', []) : [];
    return names.map((name, place) => {
      const value = computed[place]?.(row) ?? record.features[name] ?? record.fields[name] ?? null;
      if (value === null) return MISSING_SLICE;
      return typeof value === 'object' ? JSON.stringify(value) : String(value);
    });
  };
}
