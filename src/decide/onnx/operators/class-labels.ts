import { attribute } from '../attributes.ts';
import type { OnnxNode } from '../onnx-model.ts';

/** The numbers of a classifier's labels; for labels that are strings their places, 0, 1, …. */
export function classLabels(node: OnnxNode): readonly number[] {
  const numbers =
    attribute(node, 'ints', 'classlabels_int64s') ?? attribute(node, 'ints', 'classlabels_ints') ?? [];
  if (numbers.length > 0) return Array.from(numbers);
  return (attribute(node, 'strings', 'classlabels_strings') ?? []).map((_, i) => i);
}
