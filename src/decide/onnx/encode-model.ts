import {
  ELEMENT_TYPE,
  type OnnxAttribute,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
} from './onnx-model.ts';
import { ProtobufWriter } from './protobuf-writer.ts';

const encoder = new TextEncoder();

/** AttributeProto.AttributeType and the field that carries the value (onnx.proto). */
const ATTRIBUTE = {
  float: { type: 1, field: 2 },
  int: { type: 2, field: 3 },
  string: { type: 3, field: 4 },
  tensor: { type: 4, field: 5 },
  floats: { type: 6, field: 7 },
  ints: { type: 7, field: 8 },
  strings: { type: 8, field: 9 },
} as const;

/**
 * The bytes of an ONNX file. The same model gives the same bytes: fields by number, entries in the given
 * order.
 */
export function encodeModel(model: OnnxModel): Uint8Array {
  const writer = new ProtobufWriter();
  writer.int(1, model.irVersion);
  writer.string(2, model.producer);
  writer.message(7, (graph) => {
    for (const node of model.graph.nodes) graph.message(1, (inner) => writeNode(inner, node));
    graph.string(2, model.graph.name);
    for (const tensor of model.graph.initializers) graph.message(5, (inner) => writeTensor(inner, tensor));
    for (const value of model.graph.inputs) graph.message(11, (inner) => writeValue(inner, value));
    for (const value of model.graph.outputs) graph.message(12, (inner) => writeValue(inner, value));
  });
  for (const [domain, version] of Object.entries(model.opsets)) {
    writer.message(8, (opset) => {
      opset.string(1, domain);
      opset.int(2, version);
    });
  }
  for (const [key, value] of Object.entries(model.metadata)) {
    writer.message(14, (entry) => {
      entry.string(1, key);
      entry.string(2, value);
    });
  }
  return writer.finish();
}

function writeNode(writer: ProtobufWriter, node: OnnxNode): void {
  for (const input of node.inputs) writer.string(1, input);
  for (const output of node.outputs) writer.string(2, output);
  writer.string(3, node.name);
  writer.string(4, node.operator);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    writer.message(5, (inner) => writeAttribute(inner, name, attribute));
  }
  writer.string(7, node.domain);
}

function writeAttribute(writer: ProtobufWriter, name: string, attribute: OnnxAttribute): void {
  if (attribute.kind === 'other')
    throw new TypeError(`the attribute ${name} has no value that can be written`);
  const { type, field } = ATTRIBUTE[attribute.kind];
  writer.string(1, name);
  writeAttributeValue(writer, field, attribute);
  writer.int(20, type);
}

function writeAttributeValue(
  writer: ProtobufWriter,
  field: number,
  attribute: Exclude<OnnxAttribute, { readonly kind: 'other' }>,
): void {
  switch (attribute.kind) {
    case 'float':
      writer.float(field, attribute.value);
      return;
    case 'int':
      writer.int(field, attribute.value);
      return;
    case 'string':
      writer.string(field, attribute.value);
      return;
    case 'tensor':
      writer.message(field, (inner) => writeTensor(inner, attribute.value));
      return;
    case 'floats':
      writer.floats(field, attribute.value);
      return;
    case 'ints':
      writer.ints(field, attribute.value);
      return;
    case 'strings':
      for (const text of attribute.value) writer.bytes(field, encoder.encode(text));
  }
}

function writeTensor(writer: ProtobufWriter, tensor: OnnxTensor): void {
  writer.ints(1, tensor.dims);
  writer.int(2, tensor.elementType);
  if (tensor.elementType === ELEMENT_TYPE.float) writer.floats(4, tensor.numbers);
  else if (tensor.elementType === ELEMENT_TYPE.int64) writer.ints(7, tensor.numbers);
  else if (tensor.elementType === ELEMENT_TYPE.string) {
    for (const text of tensor.strings) writer.string(6, text);
  } else throw new TypeError(`tensors of element type ${tensor.elementType} are not written`);
  writer.string(8, tensor.name);
}

function writeValue(writer: ProtobufWriter, value: OnnxValue): void {
  writer.string(1, value.name);
  writer.message(2, (type) =>
    type.message(1, (tensor) => {
      tensor.int(1, value.elementType);
      tensor.message(2, (shape) => {
        for (const dim of value.dims) {
          shape.message(1, (inner) => (dim === null ? inner.string(2, 'N') : inner.int(1, dim)));
        }
      });
    }),
  );
}
