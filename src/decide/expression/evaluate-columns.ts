import type { CategoryColumn, Column, Frame } from '../../kernel/column.ts';
import { TendError } from '../../kernel/error.ts';
import { type CategoryMemo, categoryMemo } from './category-memo.ts';
import { buildReader, type Reader } from './build-reader.ts';
import { type CheckedExpression, checkExpression } from './check-expression.ts';
import type { Expression, Field } from './expression.ts';
import type { Value, ValueType } from './functions/meaning.ts';

const KIND_OF_TYPE = { number: 'number', boolean: 'number', time: 'time', string: 'category' } as const;
const TYPE_OF_KIND = { number: 'number', time: 'time', category: 'string' } as const;

/**
 * The values of an expression over all rows of a frame. Booleans are a number column of 0, 1 and NaN.
 * What depends on categories alone is computed once for each combination of levels.
 *
 * @param fields types of the columns; needed where a number column holds booleans
 * @throws SPEC_INVALID where names or types do not fit, INVALID_INPUT where a column is not of its field's
 * type
 */
export function evaluateColumns(
  expression: Expression,
  frame: Frame,
  fields: readonly Field[] = fieldsOf(frame),
): Column {
  const checked = checkExpression(expression, fields);
  if (checked.kind === 'field') return columnOf(frame, checked);
  if (checked.type !== 'string') return numbersOf(checked, frame);
  const memo = categoryMemo(checked, frame);
  return memo === undefined ? textsOf(checked, frame) : recode(memo, frame.rows);
}

/** The fields that the columns of a frame are, where no boolean is among them. */
export function fieldsOf(frame: Frame): Field[] {
  return Object.entries(frame.columns).map(([name, column]) => {
    return { name, type: TYPE_OF_KIND[column.kind] };
  });
}

function columnOf(frame: Frame, field: { readonly name: string; readonly type: ValueType }): Column {
  const column = frame.columns[field.name];
  if (column?.kind === KIND_OF_TYPE[field.type]) return column;
  const found = column === undefined ? 'none' : `a ${column.kind} column`;
  const expected = `expected a ${KIND_OF_TYPE[field.type]} column, found ${found}`;
  throw new TendError('INVALID_INPUT', `the field ${field.name} is a ${field.type}: ${expected}`);
}

function numbersOf(checked: CheckedExpression, frame: Frame): Column {
  const read = columnReader(checked, frame);
  const values = new Float64Array(frame.rows);
  for (let i = 0; i < values.length; i++) values[i] = read(i) as number;
  return { kind: checked.type === 'time' ? 'time' : 'number', values };
}

function textsOf(checked: CheckedExpression, frame: Frame): CategoryColumn {
  const read = columnReader(checked, frame);
  const coder = new LevelCoder();
  const codes = new Int32Array(frame.rows);
  for (let i = 0; i < codes.length; i++) codes[i] = coder.code(read(i) as string | null);
  return { kind: 'category', codes, levels: coder.levels };
}

/** Codes of strings in the order in which they are first seen; -1 for missing. */
class LevelCoder {
  readonly levels: string[] = [];
  readonly #codes = new Map<string, number>();

  code(text: string | null): number {
    if (text === null) return -1;
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    this.#codes.set(text, this.levels.length);
    return this.levels.push(text) - 1;
  }
}

/** As `textsOf`, where only the combinations of categories need to be computed. */
function recode(memo: CategoryMemo, rows: number): CategoryColumn {
  const coder = new LevelCoder();
  // 0: not seen yet; else the code plus 2, since -1 is missing.
  const known = new Int32Array(memo.places);
  const codes = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    const place = memo.placeOf(i);
    if (known[place] === 0) known[place] = coder.code(memo.valueAt(place) as string | null) + 2;
    codes[i] = (known[place] as number) - 2;
  }
  return { kind: 'category', codes, levels: coder.levels };
}

function columnReader(checked: CheckedExpression, frame: Frame): Reader<number> {
  return buildReader<number>(checked, (part) => {
    if (part.kind === 'field') return fieldReader(columnOf(frame, part));
    const memo = categoryMemo(part, frame);
    return memo && memoReader(memo, part.type);
  });
}

function fieldReader(column: Column): Reader<number> {
  if (column.kind === 'category') {
    const { codes, levels } = column;
    return (row) => levels[codes[row] as number] ?? null;
  }
  const { values } = column;
  return (row) => values[row] as number;
}

function memoReader({ places, placeOf, valueAt }: CategoryMemo, type: ValueType): Reader<number> {
  if (type === 'string') {
    const texts = new Array<Value | undefined>(places);
    return (row) => {
      const place = placeOf(row);
      const known = texts[place];
      if (known !== undefined) return known;
      const value = valueAt(place);
      texts[place] = value;
      return value;
    };
  }
  const numbers = new Float64Array(places);
  const isKnown = new Uint8Array(places);
  return (row) => {
    const place = placeOf(row);
    if (isKnown[place] === 0) {
      numbers[place] = valueAt(place) as number;
      isKnown[place] = 1;
    }
    return numbers[place] as number;
  };
}
