/** A JSON Schema as `z.toJSONSchema` writes it. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly items?: JsonSchema | false;
  readonly prefixItems?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly propertyNames?: JsonSchema;
  readonly description?: string;
  readonly nullable?: boolean;
  readonly not?: unknown;
}

/** Declared types by name; referenced definitions inside a schema are added as they are met. */
export type NamedTypes = Map<string, string>;

interface TypeContext {
  readonly named: NamedTypes;
  /** Name of the type being written: what `#` means, and the prefix of its inner definitions. */
  readonly owner: string;
}

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** `approvals.approve` becomes `ApprovalsApprove`. */
export function pascalCase(name: string): string {
  return name
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** The TypeScript type of a JSON Schema, as text. Throws where the schema uses what it does not know. */
export function jsonSchemaType(schema: JsonSchema, context: TypeContext): string {
  for (const [name, inner] of Object.entries(schema.$defs ?? {})) {
    const defined = context.owner + pascalCase(name);
    if (context.named.has(defined)) continue;
    context.named.set(defined, 'unknown'); // holds the place while a recursive definition is written
    context.named.set(defined, jsonSchemaType(inner, context));
  }
  const type = bareType(schema, context);
  return schema.nullable === true ? union([type, 'null']) : type;
}

function bareType(schema: JsonSchema, context: TypeContext): string {
  if (schema.$ref !== undefined) return referenceType(schema.$ref, context);
  if (schema.const !== undefined) return literal(schema.const);
  if (schema.enum !== undefined) return union(schema.enum.map(literal));
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches !== undefined) return union(branches.map((branch) => jsonSchemaType(branch, context)));
  if (schema.allOf !== undefined) {
    return schema.allOf.map((part) => parenthesised(jsonSchemaType(part, context))).join(' & ');
  }
  if (schema.not !== undefined) return 'never';
  if (schema.type === undefined) return 'unknown';
  if (typeof schema.type !== 'string') {
    return union(schema.type.map((type) => bareType({ ...schema, type }, context)));
  }
  return typeOfKind(schema, schema.type, context);
}

function typeOfKind(schema: JsonSchema, kind: string, context: TypeContext): string {
  switch (kind) {
    case 'string':
    case 'boolean':
    case 'null':
      return kind;
    case 'number':
    case 'integer':
      return 'number';
    case 'array':
      return arrayType(schema, context);
    case 'object':
      return objectType(schema, context);
    default:
      throw new Error(`expected a JSON Schema type, got "${kind}" in ${context.owner}`);
  }
}

function referenceType(reference: string, context: TypeContext): string {
  if (reference === '#') return context.owner;
  const component = /^#\/components\/schemas\/([^/]+)$/.exec(reference)?.[1];
  if (component !== undefined) return pascalCase(component);
  const definition = /^#\/(?:.*\/)?\$defs\/([^/]+)$/.exec(reference)?.[1];
  if (definition !== undefined) return context.owner + pascalCase(definition);
  throw new Error(
    `expected a reference to a component or a definition, got "${reference}" in ${context.owner}`,
  );
}

function arrayType(schema: JsonSchema, context: TypeContext): string {
  if (schema.prefixItems !== undefined) {
    const members = schema.prefixItems.map((item) => jsonSchemaType(item, context));
    const rest = schema.items === undefined || schema.items === false ? [] : [schema.items];
    members.push(...rest.map((item) => `...${arrayOf(jsonSchemaType(item, context))}`));
    return `readonly [${members.join(', ')}]`;
  }
  if (schema.items === undefined || schema.items === false) return 'readonly unknown[]';
  return `readonly ${arrayOf(jsonSchemaType(schema.items, context))}`;
}

function objectType(schema: JsonSchema, context: TypeContext): string {
  const fields = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const optional = schema.required?.includes(name) === true ? '' : '?';
    const key = IDENTIFIER.test(name) ? name : JSON.stringify(name);
    return `readonly ${key}${optional}: ${jsonSchemaType(field, context)}`;
  });
  const rest = schema.additionalProperties;
  const record =
    typeof rest === 'object' || (fields.length === 0 && rest !== false)
      ? `{ readonly [key: string]: ${typeof rest === 'object' ? jsonSchemaType(rest, context) : 'unknown'} }`
      : null;
  if (fields.length === 0) return record ?? '{ readonly [key: string]: never }';
  const object = `{ ${fields.join('; ')} }`;
  return record === null ? object : `${object} & ${record}`;
}

function literal(value: unknown): string {
  return JSON.stringify(value);
}

function union(members: readonly string[]): string {
  const unique = [...new Set(members)];
  return unique.includes('unknown') ? 'unknown' : unique.join(' | ');
}

function arrayOf(type: string): string {
  return `${parenthesised(type)}[]`;
}

function parenthesised(type: string): string {
  return /[|&]|^readonly /.test(type) ? `(${type})` : type;
}
