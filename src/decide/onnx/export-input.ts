import { exportedModel, inputPart, operatorNode, outputName } from './export-layout.ts';
import { ELEMENT_TYPE, ML_DOMAIN, type OnnxTensor } from './onnx-model.ts';

/**
 * A model that answers with one of its inputs, as an ONNX file: Imputer (NaN becomes `missing`), then Clip to
 * `low` and `high` where they are given; equal bounds make it a constant. Computed in float32.
 */
export function exportInput(
  input: string,
  options: {
    readonly objective: 'binary' | 'regression';
    readonly missing: number;
    readonly low?: number;
    readonly high?: number;
  },
): Uint8Array {
  const { objective, missing, low, high } = options;
  const model = { kind: 'input', objective, features: [input] };
  const layout = { inputs: [{ name: input, type: 'number' as const }], encodings: {} };
  const part = inputPart(model.features, layout);
  const output = outputName(objective);
  const clipped = low !== undefined || high !== undefined;
  const filled = clipped ? 'tend/filled' : output;
  const imputer = operatorNode('Imputer', ML_DOMAIN, [part.joined], filled, {
    imputed_value_floats: { kind: 'floats', value: [missing] },
    replaced_value_float: { kind: 'float', value: Number.NaN },
  });
  if (!clipped) return exportedModel(model, layout, part, { nodes: [imputer], initializers: [] });
  const bounds = [scalar('tend/low', low), scalar('tend/high', high)];
  const names = bounds.map((bound) => bound?.name ?? '');
  const inputs = high === undefined ? [filled, names[0] ?? ''] : [filled, ...names];
  const clip = operatorNode('Clip', '', inputs, output);
  const initializers = bounds.filter((bound) => bound !== undefined);
  return exportedModel(model, layout, part, { nodes: [imputer, clip], initializers });
}

function scalar(name: string, value: number | undefined): OnnxTensor | undefined {
  if (value === undefined) return undefined;
  return { name, dims: [], elementType: ELEMENT_TYPE.float, numbers: Float64Array.of(value), strings: [] };
}
