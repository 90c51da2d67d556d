import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { checkInput, strictly } from './check-input.ts';
import { inputFields, readFieldText } from './operation-input.ts';
import { pageInput } from './page.ts';

const schema = z.object({
  ...pageInput,
  state: z.enum(['on', 'off']).describe('which').exactOptional(),
  tags: z.array(z.string()).exactOptional(),
  share: z.number().nullable().exactOptional(),
  deep: z.boolean().default(false),
  body: z.record(z.string(), z.number()).exactOptional(),
  password: z.string().meta({ format: 'password' }),
});

describe('inputFields()', () => {
  it('tells type, list, need, choices and secrecy of each field', () => {
    const fields = Object.fromEntries(inputFields(schema).map(({ name, ...field }) => [name, field]));
    const plain = { list: false, required: false, choices: [], secret: false, description: '' };
    assert.deepEqual(fields, {
      limit: { ...plain, type: 'number', fallback: 50 },
      cursor: { ...plain, type: 'string' },
      state: { ...plain, type: 'string', choices: ['on', 'off'], description: 'which' },
      tags: { ...plain, type: 'string', list: true },
      share: { ...plain, type: 'number' },
      deep: { ...plain, type: 'boolean', fallback: false },
      body: { ...plain, type: 'json' },
      password: { ...plain, type: 'string', required: true, secret: true },
    });
  });
});

describe('readFieldText()', () => {
  it('reads a text as what the field asks for, and leaves what does not fit to the schema', () => {
    const byName = new Map(inputFields(schema).map((field) => [field.name, field]));
    const read = (name: string, text: string): unknown => {
      const field = byName.get(name);
      assert.ok(field);
      return readFieldText(field, text);
    };
    assert.deepEqual(
      [
        read('limit', '5'),
        read('share', '-1e-3'),
        read('limit', '0x10'),
        read('limit', ''),
        read('cursor', '5'),
      ],
      [5, -0.001, '0x10', '', '5'],
    );
    assert.deepEqual(
      [read('deep', 'true'), read('deep', 'false'), read('deep', 'yes')],
      [true, false, 'yes'],
    );
    assert.deepEqual([read('body', '{"a":1}'), read('body', '{')], [{ a: 1 }, '{']);
  });
});

describe('checkInput()', () => {
  it('names every mistake, a slip of the pen with what was meant', () => {
    const wrong = { limit: 0, stat: 'on', share: 'x', password: 'p' };
    assert.throws(
      () => checkInput(strictly(schema), wrong),
      (error: { code: string; fields: { path: string; message: string }[] }) => {
        assert.equal(error.code, 'INVALID_INPUT');
        assert.deepEqual(error.fields.map(({ path }) => path).toSorted(), ['limit', 'share', 'stat']);
        assert.match(error.fields.find(({ path }) => path === 'stat')?.message ?? '', /did you mean state/);
        return true;
      },
    );
    const many = Array.from({ length: 1_000 }, () => 'x');
    assert.throws(
      () => checkInput(z.object({ numbers: z.array(z.number()) }), { numbers: many }),
      (error: { fields: { message: string }[] }) =>
        error.fields.length === 101 && error.fields[100]?.message === 'and 900 more',
    );
  });
});
