import { documentJsonSchema } from '../../src/project/document/schema-issues.ts';
import type { JsonSchema } from '../json-schema-type.ts';

interface Field extends JsonSchema {
  readonly pattern?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
}

/** The page of tend.yaml: every key, what it takes and what it means. */
export function documentPage(): string {
  const schema = documentJsonSchema() as unknown as Field;
  const parts = Object.entries(schema.properties ?? {});
  const plain = parts.filter(([, field]) => isPlain(field));
  const nested = parts.filter(([, field]) => !isPlain(field));
  return `# tend.yaml

The one file of a project. It is strict: an unknown key is a mistake, told with line, column and the nearest
known key. \`tend init\` writes the same schema to \`.tend/schema.json\`, with which editors complete and
check the file.

Keys in brackets may be left out.

| key | takes | |
|---|---|---|
${plain.map((one) => row('', one, schema)).join('\n')}

${nested.map(([name, field]) => section(name, field, schema)).join('\n\n')}
`;
}

/** A value that needs no table of its own. */
function isPlain(field: Field): boolean {
  return field.type !== 'object' && branches(field).every((branch) => branch.type !== 'object');
}

function branches(field: Field): readonly Field[] {
  return field.anyOf ?? field.oneOf ?? [];
}

function section(name: string, field: Field, root: Field): string {
  const optional = root.required?.includes(name) === true ? '' : ' (may be left out)';
  const rows = rowsOf(name, field);
  const text = field.description === undefined ? [] : [field.description, ''];
  return [`## ${name}${optional}`, '', ...text, '| key | takes | |', '|---|---|---|', ...rows].join('\n');
}

/** Rows of everything below a field: `NAME` stands for a name of your own, `[]` for each item of a list. */
function rowsOf(path: string, field: Field): readonly string[] {
  const inner = branches(field);
  if (inner.length > 0) return [...new Set(inner.flatMap((branch) => rowsOf(path, branch)))];
  const { items, additionalProperties: rest, properties = {} } = field;
  if (field.type === 'array') return typeof items === 'object' ? rowsOf(`${path}[]`, items) : [];
  const own = Object.entries(properties).flatMap(([name, child]) => [
    row(`${path}.`, [name, child], field),
    ...rowsOf(`${path}.${name}`, child),
  ]);
  return [...own, ...(typeof rest === 'object' ? rowsOf(`${path}.NAME`, rest) : [])];
}

function row(prefix: string, [name, field]: readonly [string, JsonSchema], parent: Field): string {
  const key = parent.required?.includes(name) === true ? `${prefix}${name}` : `[${prefix}${name}]`;
  return `| \`${key}\` | ${takes(field)} | ${(field.description ?? '').replaceAll('|', '\\|')} |`;
}

function takes(field: Field): string {
  if (field.const !== undefined)
    return `\`${typeof field.const === 'string' ? field.const : JSON.stringify(field.const)}\``;
  if (field.enum !== undefined) return field.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ');
  const inner = branches(field);
  if (inner.length > 0) return [...new Set(inner.map((branch) => takes(branch)))].join(' or ');
  if (field.prefixItems !== undefined)
    return `\`[${field.prefixItems.map((one) => takes(one)).join(', ')}]\``;
  if (field.type === 'array') return `list of ${takes(field.items === false ? {} : (field.items ?? {}))}`;
  if (field.type === 'object') return field.properties === undefined ? 'names and values' : 'keys below';
  if (Array.isArray(field.type)) return field.type.join(' or ');
  return `${String(field.type ?? 'value')}${range(field)}`;
}

function range({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: Field): string {
  const low =
    minimum === undefined
      ? exclusiveMinimum === undefined
        ? ''
        : `above ${exclusiveMinimum}`
      : `from ${minimum}`;
  const known = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  const high = known ? `to ${maximum}` : exclusiveMaximum === undefined ? '' : `below ${exclusiveMaximum}`;
  const words = [low, high].filter((word) => word !== '').join(' ');
  return words === '' ? '' : `, ${words}`;
}
