import type { LinearModel } from '../../learn/linear/linear-model.ts';
import { type ExportLayout, exportedModel, inputPart, operatorNode, outputName } from './export-layout.ts';
import { ELEMENT_TYPE, ML_DOMAIN, type OnnxNode, type OnnxTensor } from './onnx-model.ts';

/**
 * A linear model as an ONNX file: Imputer (NaN becomes the mean), Scaler ((x - mean) / scale), Gemm, and
 * Sigmoid for a binary model. The scales stay apart from the coefficients: folded in, a large mean would
 * cancel in float32.
 * @throws INVALID_INPUT where features and inputs do not fit
 */
export function exportLinear(model: LinearModel, layout: ExportLayout): Uint8Array {
  const part = inputPart(model.features, layout);
  const output = outputName(model.objective);
  const sum = model.objective === 'binary' ? 'tend/margin' : output;
  const byColumn = (values: ArrayLike<number>): Float64Array => {
    const moved = new Float64Array(values.length);
    part.columns.forEach((column, feature) => {
      moved[column] = values[feature] as number;
    });
    return moved;
  };
  const means = byColumn(model.means);
  const nodes: OnnxNode[] = [
    operatorNode('Imputer', ML_DOMAIN, [part.joined], 'tend/imputed', {
      imputed_value_floats: { kind: 'floats', value: means },
      replaced_value_float: { kind: 'float', value: Number.NaN },
    }),
    operatorNode('Scaler', ML_DOMAIN, ['tend/imputed'], 'tend/scaled', {
      offset: { kind: 'floats', value: means },
      scale: { kind: 'floats', value: byColumn(model.scales).map((scale) => 1 / scale) },
    }),
    operatorNode('Gemm', '', ['tend/scaled', 'tend/coefficients', 'tend/intercept'], sum),
  ];
  if (model.objective === 'binary') nodes.push(operatorNode('Sigmoid', '', [sum], output));
  const initializers = [
    floatTensor('tend/coefficients', [model.features.length, 1], byColumn(model.coefficients)),
    floatTensor('tend/intercept', [1], Float64Array.of(model.intercept)),
  ];
  return exportedModel(model, layout, part, { nodes, initializers });
}

function floatTensor(name: string, dims: readonly number[], numbers: Float64Array): OnnxTensor {
  return { name, dims, elementType: ELEMENT_TYPE.float, numbers, strings: [] };
}
