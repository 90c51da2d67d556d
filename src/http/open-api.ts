import assert from 'node:assert/strict';
import { z } from 'zod';
import { ERRORS } from '../kernel/error.ts';
import type { AnyOperation } from '../kernel/operation.ts';
import type { Route } from '../kernel/route.ts';
import { strictly } from '../kernel/check-input.ts';
import { API_PREFIX } from './permission-table.ts';

type Schema = Record<string, unknown>;

/** The OpenAPI 3.1 document of the operations, and of the routes as far as they are declared. */
export function openApi<C>(
  operations: readonly AnyOperation<C>[],
  routes: readonly Route[],
  version: string,
): Schema {
  const schemas: Schemas = { Problem: PROBLEM };
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const path = API_PREFIX + operation.path;
    paths[path] = { ...paths[path], [operation.method.toLowerCase()]: describe(operation, schemas) };
  }
  for (const route of routes) {
    // Protocols with refusals of their own have descriptions of their own.
    if (route.refuse !== undefined) continue;
    const path = route.path.replace(/\*$/, '{rest}');
    const summary = `Route of another protocol (${route.permission})`;
    const parameters = pathParameters(path);
    const responses = { default: { description: 'As that protocol has it' } };
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: { summary, parameters, responses } };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Tend', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    security: [{ bearer: [] }, { basic: [] }, { session: [] }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'A token: `tend_<id>_<secret>`.' },
        basic: {
          type: 'http',
          scheme: 'basic',
          description: 'Name and password, or a token as the password.',
        },
        session: { type: 'apiKey', in: 'cookie', name: 'tend_session' },
      },
    },
  };
}

const PROBLEM = {
  type: 'object',
  description: 'Why a request was refused (RFC 9457).',
  required: ['type', 'title', 'status', 'detail', 'code', 'hint', 'errors', 'requestId'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', enum: Object.keys(ERRORS) },
    hint: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string' }, message: { type: 'string' } },
      },
    },
    requestId: { type: 'string' },
  },
};

function describe<C>(operation: AnyOperation<C>, schemas: Schemas): Schema {
  const input = jsonSchema(strictly(operation.input), 'input', `${operation.name}.input`, schemas);
  const output = jsonSchema(operation.output, 'output', `${operation.name}.output`, schemas);
  const properties = (input['properties'] ?? {}) as Record<string, Schema>;
  const required = new Set((input['required'] ?? []) as string[]);
  const inPath = new Set([...operation.path.matchAll(/\{([^}]+)\}/g)].map((match) => match[1] ?? ''));
  const rest = Object.entries(properties).filter(([name]) => !inPath.has(name));
  const reads = operation.method === 'GET' || operation.method === 'DELETE';
  const parameters = [
    ...[...inPath].map((name) => ({ name, in: 'path', required: true, schema: properties[name] ?? {} })),
    ...(reads ? rest : []).map(([name, schema]) => ({
      name,
      in: 'query',
      required: required.has(name),
      schema,
    })),
  ];
  const content = operation.stream === true ? 'text/event-stream' : 'application/json';
  return {
    operationId: operation.name,
    summary: operation.summary,
    ...(operation.permission === 'public' ? { security: [] } : {}),
    'x-permission': operation.permission,
    parameters,
    ...(reads ? {} : { requestBody: bodyOf(input, rest, required) }),
    responses: {
      200: { description: operation.summary, content: { [content]: { schema: output } } },
      default: {
        description: `A problem. Codes of its own: ${operation.errors.join(', ') || 'none'}.`,
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function bodyOf(input: Schema, rest: readonly [string, Schema][], required: ReadonlySet<string>): Schema {
  const names = rest.map(([name]) => name).filter((name) => required.has(name));
  const schema = {
    ...input,
    properties: Object.fromEntries(rest),
    ...(names.length === 0 ? {} : { required: names }),
  };
  if (names.length === 0) delete (schema as Schema)['required'];
  return { required: names.length > 0, content: { 'application/json': { schema } } };
}

function pathParameters(path: string): Schema[] {
  return [...path.matchAll(/\{([^}]+)\}/g)].map((match) => ({
    name: match[1],
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

/**
 * The JSON Schema of a zod schema; what it names (`.meta({ id })`) moves to the components. A recursive part
 * without a name is called `__schema0` in every schema of its own, so here it takes the name of its owner.
 */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output', owner: string, schemas: Schemas): Schema {
  const json = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Schema;
  delete json['$schema'];
  const named = (json['$defs'] ?? {}) as Record<string, unknown>;
  delete json['$defs'];
  const names = new Map(Object.entries(named).map(([name, part]) => [name, partName(name, part, owner)]));
  for (const [name, part] of Object.entries(named)) {
    const moved = relocate(part, names);
    const at = names.get(name) ?? name;
    // Two shapes of one name would give clients the wrong one for half of the operations.
    assert.deepEqual(schemas[at] ?? moved, moved, `two schemas are called ${at}`);
    schemas[at] = moved;
  }
  return relocate(json, names) as Schema;
}

type Schemas = Record<string, unknown>;

/** What zod calls a recursive part that nobody named. */
const UNNAMED = /^__schema\d+$/;

/** Any JSON value, as zod writes it. */
const ANY_JSON = JSON.stringify(Object.values(z.toJSONSchema(z.object({ json: z.json() })).$defs ?? {})[0]);

function partName(name: string, part: unknown, owner: string): string {
  if (!UNNAMED.test(name)) return name;
  const text = JSON.stringify(part).replaceAll(`#/$defs/${name}`, '#/$defs/__schema0');
  if (text === ANY_JSON) return 'Json';
  return `${owner}${name.slice('__schema'.length)}`;
}

function relocate(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((member) => relocate(member, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => {
      const name =
        key === '$ref' && typeof member === 'string' ? /^#\/\$defs\/(.+)$/.exec(member)?.[1] : undefined;
      if (name !== undefined) return [key, `#/components/schemas/${names.get(name) ?? name}`];
      return [key, relocate(member, names)];
    }),
  );
}
