import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { defineOperation } from '../kernel/operation.ts';
import { openApi } from './open-api.ts';

interface Document {
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

function documentOf(outputs: Readonly<Record<string, z.ZodType>>): Document {
  const operations = Object.entries(outputs).map(([name, output]) =>
    defineOperation({
      name,
      summary: name,
      method: 'GET',
      path: `/${name}`,
      input: z.object({}),
      output,
      errors: [],
      permission: 'public',
      audit: 'none',
      handler: async () => null,
    }),
  );
  return openApi(operations, [], '1.0.0') as unknown as Document;
}

const tree = z.object({
  get branches() {
    return z.array(tree);
  },
});
const list = z.object({
  head: z.string(),
  get rest() {
    return list.nullable();
  },
});

test('recursive parts of two operations keep their own shapes', () => {
  const { components } = documentOf({ first: z.object({ tree }), second: z.object({ list }) });
  const { 'first.output0': one, 'second.output0': two } = components.schemas;
  assert.ok(JSON.stringify(one).includes('"branches"'));
  assert.ok(JSON.stringify(one).includes('"#/components/schemas/first.output0"'));
  assert.ok(JSON.stringify(two).includes('"head"'));
});

test('any JSON value is one component, whoever uses it', () => {
  const { components } = documentOf({ first: z.object({ a: z.json() }), second: z.array(z.json()) });
  assert.deepEqual(Object.keys(components.schemas).sort(), ['Json', 'Problem']);
});

test('every reference leads to a component', () => {
  const named = z.object({ json: z.json() }).meta({ id: 'NamedForThisTest' });
  const document = documentOf({ first: z.object({ named, tree }), second: named });
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1]);
  assert.ok(references.length > 0);
  for (const reference of references) {
    const name = reference?.replace('#/components/schemas/', '') ?? '';
    assert.ok(name in document.components.schemas, `${reference} leads nowhere`);
  }
});

test('two shapes of one name are refused', () => {
  const same = { id: 'TwiceForThisTest' };
  const first = z.object({ a: z.string() }).meta(same);
  assert.throws(() => {
    const second = z.object({ b: z.number() }).meta(same);
    documentOf({ first: z.object({ first }), second: z.object({ second }) });
  });
});
