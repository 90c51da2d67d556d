import { printable } from './printable.ts';
import { cellText, renderTable, type TableOptions } from './render-table.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Any answer as a person reads it, by its shape: a list of objects is a table, an object its fields one to a
 * line with the lists in it as tables below, a text is itself.
 */
export function renderValue(value: unknown, options: TableOptions): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return printable(value);
  if (typeof value !== 'object') return cellText('', value);
  if (Array.isArray(value)) return renderList(value, options);
  const fields = value as Fields;
  const items = fields['items'];
  if (Array.isArray(items) && Object.keys(fields).every((key) => key === 'items' || key === 'next')) {
    return items.length === 0 ? 'nothing' : renderList(items, options);
  }
  return renderFields(fields, options);
}

function renderList(values: readonly unknown[], options: TableOptions): string {
  const rows = values.filter(isFields);
  if (rows.length === values.length) return renderTable(rows, options);
  return values.map((value) => cellText('', value)).join('\n');
}

function renderFields(fields: Fields, options: TableOptions): string {
  const entries = Object.entries(fields);
  const plain = entries.filter(([, value]) => !isTable(value));
  const width = Math.max(0, ...plain.map(([name]) => name.length));
  const lines = plain.map(([name, value]) => `${printable(name).padEnd(width)}  ${cellText(name, value)}`);
  const tables = entries.filter(([, value]) => isTable(value));
  const blocks = tables.map(
    ([name, value]) => `\n${printable(name)}\n${renderList(value as unknown[], options)}`,
  );
  return [...lines, ...blocks].join('\n');
}

function isTable(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isFields);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
