import { z } from 'zod';

/** One field of an operation's input, as a query string or a command line needs to know it. */
export interface InputField {
  readonly name: string;
  /** `json`: anything without a plain spelling as text; it is written as JSON. */
  readonly type: 'string' | 'number' | 'boolean' | 'json';
  /** True: the field takes many values, given one after another. `type` is that of each. */
  readonly list: boolean;
  readonly required: boolean;
  readonly choices: readonly string[];
  /** A password: never given in a command line, which others can see. Declared by `format: 'password'`. */
  readonly secret: boolean;
  readonly description: string;
  readonly fallback?: unknown;
}

interface FieldSchema {
  readonly type?: string | readonly string[];
  readonly items?: FieldSchema;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly description?: string;
  readonly default?: unknown;
}

/** The fields of an input schema in the order of its declaration; empty when it is not an object. */
export function inputFields(schema: z.ZodType): readonly InputField[] {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as {
    readonly properties?: Readonly<Record<string, FieldSchema>>;
    readonly required?: readonly string[];
  };
  return Object.entries(json.properties ?? {}).map(([name, field]) => {
    const list = textType(field) === 'json' && field.type === 'array' && field.items !== undefined;
    const each = list ? (field.items ?? field) : field;
    return {
      name,
      type: textType(each),
      list,
      required: json.required?.includes(name) ?? false,
      choices: (each.enum ?? []).filter((choice) => typeof choice === 'string'),
      secret: field.format === 'password',
      description: field.description ?? '',
      ...(field.default === undefined ? {} : { fallback: field.default }),
    };
  });
}

function textType(field: FieldSchema): InputField['type'] {
  const types = [field.type ?? 'json'].flat().filter((type) => type !== 'null');
  if (types.length !== 1) return 'json';
  if (types[0] === 'integer' || types[0] === 'number') return 'number';
  return types[0] === 'string' || types[0] === 'boolean' ? types[0] : 'json';
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * The value that a text means for a field: `5` is a number only where one is asked for. A text that does not
 * fit stays a text, so that the schema names the mistake.
 */
export function readFieldText(field: InputField, text: string): unknown {
  if (field.type === 'number') return NUMBER.test(text.trim()) ? Number(text) : text;
  if (field.type === 'boolean')
    return text === 'true' || text === '' ? true : text === 'false' ? false : text;
  if (field.type === 'string') return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
