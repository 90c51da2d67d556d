import { ELEMENT_TYPE, type OnnxTensor } from './onnx-model.ts';
import { addFloats, addInts, broken, bytesOf, intOf, textOf, wireFields } from './protobuf-reader.ts';

/**
 * A TensorProto: its values from whichever of the typed lists or the raw bytes holds them. @throws
 * INVALID_INPUT
 */
export function decodeTensor(bytes: Uint8Array): OnnxTensor {
  let name = '';
  let elementType = 0;
  let raw: Uint8Array | undefined;
  const dims: number[] = [];
  const numbers: number[] = [];
  const strings: string[] = [];
  for (const { number, value } of wireFields(bytes)) {
    if (number === 1) addInts(value, dims);
    else if (number === 2) elementType = intOf(value);
    else if (number === 4) addFloats(value, 4, numbers);
    else if (number === 5 || number === 7) addInts(value, numbers);
    else if (number === 6) strings.push(textOf(value));
    else if (number === 8) name = textOf(value);
    else if (number === 9) raw = bytesOf(value);
    else if (number === 10) addFloats(value, 8, numbers);
    else if (number === 14 && intOf(value) === 1) throw broken(`the tensor ${name} lies in another file`);
  }
  const values = raw === undefined ? Float64Array.from(numbers) : rawNumbers(raw, elementType, name);
  const size = dims.reduce((product, dim) => product * dim, 1);
  const found = elementType === ELEMENT_TYPE.string ? strings.length : values.length;
  if (size !== found || dims.some((dim) => dim < 0)) {
    throw broken(`the tensor ${name} has ${found} values for the shape [${dims.join(', ')}]`);
  }
  return { name, dims, elementType, numbers: values, strings };
}

const RAW_SIZE: Readonly<Record<number, number>> = {
  [ELEMENT_TYPE.float]: 4,
  [ELEMENT_TYPE.int32]: 4,
  [ELEMENT_TYPE.int64]: 8,
  [ELEMENT_TYPE.bool]: 1,
  [ELEMENT_TYPE.double]: 8,
};

function rawNumbers(raw: Uint8Array, elementType: number, name: string): Float64Array {
  const size = RAW_SIZE[elementType];
  if (size === undefined)
    throw broken(`the tensor ${name} is of element type ${elementType}, which is not read`);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const values = new Float64Array(Math.floor(raw.length / size));
  for (let i = 0; i < values.length; i++) values[i] = rawNumber(view, i * size, elementType);
  return values;
}

function rawNumber(view: DataView, at: number, elementType: number): number {
  switch (elementType) {
    case ELEMENT_TYPE.float:
      return view.getFloat32(at, true);
    case ELEMENT_TYPE.int32:
      return view.getInt32(at, true);
    case ELEMENT_TYPE.int64:
      return Number(view.getBigInt64(at, true));
    case ELEMENT_TYPE.bool:
      return view.getUint8(at);
    default:
      return view.getFloat64(at, true);
  }
}
