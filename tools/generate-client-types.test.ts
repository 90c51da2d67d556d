import assert from 'node:assert/strict';
import test from 'node:test';
import { z } from 'zod';
import { generateClientTypes } from './generate-client-types.ts';
import { jsonSchemaType } from './json-schema-type.ts';
import type { JsonSchema, NamedTypes } from './json-schema-type.ts';

function typeOf(schema: z.ZodType): string {
  return jsonSchemaType(z.toJSONSchema(schema) as JsonSchema, { named: new Map(), owner: 'Thing' });
}

test('an object keeps required fields required and exactOptional ones optional', () => {
  assert.equal(
    typeOf(z.strictObject({ name: z.string(), 'odd-key': z.int(), comment: z.string().exactOptional() })),
    '{ readonly name: string; readonly "odd-key": number; readonly comment?: string }',
  );
});

test('enums, literals, nullables and unions become unions of literals', () => {
  assert.equal(typeOf(z.enum(['pass', 'fail'])), '"pass" | "fail"');
  assert.equal(typeOf(z.number().nullable()), 'number | null');
  assert.equal(typeOf(z.union([z.literal('a'), z.boolean()])), '"a" | boolean');
});

test('arrays of unions are parenthesised, tuples keep their places, records their values', () => {
  assert.equal(typeOf(z.array(z.string().nullable())), 'readonly (string | null)[]');
  assert.equal(typeOf(z.tuple([z.number(), z.string()])), 'readonly [number, string]');
  assert.equal(
    typeOf(z.record(z.string(), z.array(z.number()))),
    '{ readonly [key: string]: readonly number[] }',
  );
});

test('a recursive schema becomes a named type that refers to itself', () => {
  const named: NamedTypes = new Map();
  const schema = z.toJSONSchema(z.strictObject({ body: z.json() })) as JsonSchema;
  const type = jsonSchemaType(schema, { named, owner: 'Thing' });
  const [name, definition] = [...named][0] ?? ['', ''];
  assert.match(type, new RegExp(`readonly body: ${name}`));
  assert.ok(definition.includes(`${name}[]`), definition);
});

test('a schema outside the subset is refused rather than guessed', () => {
  assert.throws(
    () => jsonSchemaType({ type: 'file' }, { named: new Map(), owner: 'Thing' }),
    /"file" in Thing/,
  );
  assert.throws(() => jsonSchemaType({ $ref: 'x.json' }, { named: new Map(), owner: 'Thing' }), /"x.json"/);
});

const DOCUMENT = {
  servers: [{ url: '/api/tend/v1' }],
  components: {
    schemas: { Thing: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] } },
  },
  paths: {
    '/things/{id}/approve': {
      post: {
        operationId: 'things.approve',
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
        requestBody: {
          content: {
            'application/json': { schema: { type: 'object', properties: { comment: { type: 'string' } } } },
          },
        },
        responses: {
          200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
        },
      },
    },
    '/changes': {
      get: {
        operationId: 'changes.watch',
        responses: {
          200: { content: { 'text/event-stream': { schema: { $ref: '#/components/schemas/Thing' } } } },
        },
      },
    },
  },
} as const;

test('path and body fields are one input, a referenced answer keeps its name, a stream is marked', () => {
  const text = generateClientTypes(DOCUMENT);
  assert.match(text, /ThingsApproveInput = \{ readonly id: string \} & \{ readonly comment\?: string \};/);
  assert.match(text, /'things.approve': \{ readonly input: ThingsApproveInput; readonly output: Thing \};/);
  assert.match(
    text,
    /'things.approve': \{ method: 'POST', path: '\/api\/tend\/v1\/things\/\{id\}\/approve', stream: false \}/,
  );
  assert.match(text, /'changes.watch': \{ method: 'GET', path: '\/api\/tend\/v1\/changes', stream: true \}/);
});

test('the same document always gives the same text', () => {
  const reversed = { ...DOCUMENT, paths: Object.fromEntries(Object.entries(DOCUMENT.paths).reverse()) };
  assert.equal(generateClientTypes(reversed), generateClientTypes(DOCUMENT));
});

test('a body without fields takes no field of the path away', () => {
  const operation = DOCUMENT.paths['/things/{id}/approve'].post;
  const empty = { type: 'object', properties: {}, additionalProperties: false } as const;
  const post = { ...operation, requestBody: { content: { 'application/json': { schema: empty } } } };
  const text = generateClientTypes({ ...DOCUMENT, paths: { '/things/{id}/approve': { post } } });
  assert.match(text, /ThingsApproveInput = \{ readonly id: string \};/);
});
