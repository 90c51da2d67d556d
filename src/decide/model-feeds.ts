import type { Column, Frame } from '../kernel/column.ts';
import { TendError } from '../kernel/error.ts';
import { type ModelInput, NUMERIC_INPUT } from './model-input.ts';
import type { OnnxDecider } from './onnx/load-onnx.ts';

type Feeds = Record<string, Float32Array | readonly string[]>;

/** Inputs by kind: places of the numeric ones, and places and names of the others. */
interface FeedPlan {
  readonly numeric: readonly number[];
  readonly texts: readonly { readonly place: number; readonly name: string }[];
}

/**
 * Compiles how the inputs of prepared instances become the tensors of the model. Missing numbers are NaN,
 * missing strings are empty. The buffers are reused: feeds are good until the next call.
 * @throws INVALID_INPUT where the model takes other inputs
 */
export function batchFeeds(
  inputs: readonly ModelInput[],
  model: OnnxDecider,
): (batch: readonly { readonly inputs: readonly (number | string | null)[] }[]) => Feeds {
  const plan = feedPlan(inputs, model);
  const width = plan.numeric.length;
  let buffer = new Float32Array(width);
  return (batch) => {
    if (buffer.length < batch.length * width) buffer = new Float32Array(batch.length * width * 2);
    let at = 0;
    for (const { inputs: values } of batch) {
      for (const place of plan.numeric) buffer[at++] = (values[place] as number | null) ?? Number.NaN;
    }
    const feeds: Feeds = width > 0 ? { [NUMERIC_INPUT]: buffer } : {};
    for (const { place, name } of plan.texts) {
      feeds[name] = batch.map(({ inputs: values }) => (values[place] as string | null) ?? '');
    }
    return feeds;
  };
}

/** The same from columns: rows `from` to `to` (exclusive) of a frame that has the inputs by name. */
export function frameFeeds(
  inputs: readonly ModelInput[],
  model: OnnxDecider,
  frame: Frame,
): (from: number, to: number) => Feeds {
  const plan = feedPlan(inputs, model);
  const numbers = plan.numeric.map((place) => numbersOf(frame, inputs[place]?.name ?? ''));
  const texts = plan.texts.map(({ name }) => ({ name, column: categoriesOf(frame, name) }));
  return (from, to) => {
    const feeds: Feeds = {};
    const width = numbers.length;
    const buffer = new Float32Array((to - from) * width);
    numbers.forEach((values, j) => {
      for (let i = from; i < to; i++) buffer[(i - from) * width + j] = values[i] as number;
    });
    if (width > 0) feeds[NUMERIC_INPUT] = buffer;
    for (const { name, column } of texts) {
      feeds[name] = Array.from(column.codes.subarray(from, to), (code) => column.levels[code] ?? '');
    }
    return feeds;
  };
}

function feedPlan(inputs: readonly ModelInput[], model: OnnxDecider): FeedPlan {
  const numeric: number[] = [];
  const texts: { place: number; name: string }[] = [];
  inputs.forEach((input, place) => {
    if (input.type === 'number') numeric.push(place);
    else texts.push({ place, name: input.name });
  });
  const expected = new Map<string, string>(texts.map(({ name }) => [name, 'string[1]']));
  if (numeric.length > 0) expected.set(NUMERIC_INPUT, `number[${numeric.length}]`);
  const found = new Map(model.inputs.map(({ name, type, width }) => [name, `${type}[${width}]`]));
  const same =
    found.size === expected.size && [...expected].every(([name, shape]) => found.get(name) === shape);
  if (same) return { numeric, texts };
  throw new TendError(
    'INVALID_INPUT',
    `the release feeds ${shapes(expected)}; the model takes ${shapes(found)}`,
    { hint: 'The model file and the manifest are of different releases; export the model again.' },
  );
}

function shapes(inputs: ReadonlyMap<string, string>): string {
  return [...inputs].map(([name, shape]) => `${name} ${shape}`).join(', ') || 'nothing';
}

function columnOf(frame: Frame, name: string): Column {
  const column = frame.columns[name];
  if (column !== undefined) return column;
  throw new TendError('INVALID_INPUT', `the frame has no column ${name}, which the model takes`);
}

function numbersOf(frame: Frame, name: string): Float64Array {
  const column = columnOf(frame, name);
  if (column.kind === 'number') return column.values;
  throw new TendError('INVALID_INPUT', `expected a number column ${name}, found a ${column.kind} column`);
}

function categoriesOf(frame: Frame, name: string): Extract<Column, { readonly kind: 'category' }> {
  const column = columnOf(frame, name);
  if (column.kind === 'category') return column;
  throw new TendError('INVALID_INPUT', `expected a category column ${name}, found a ${column.kind} column`);
}
