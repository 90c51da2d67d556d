import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MlflowError } from '../mlflow-error.ts';
import { readJsonSpans } from './read-json-spans.ts';
import { readProtoSpans } from './read-proto-spans.ts';

/** One request as OpenTelemetry's own Python classes serialise it, in both formats. */
const FIXTURE = JSON.parse(
  readFileSync(new URL('fixtures/export-request.json', import.meta.url), 'utf8'),
) as { readonly protobuf: string; readonly json: object };
const BYTES = Buffer.from(FIXTURE.protobuf, 'base64');
const JSON_BYTES = Buffer.from(JSON.stringify(FIXTURE.json));

/** Refused in the client's terms, or read. Anything else is a fault. */
function refusedOrRead(bytes: Uint8Array): 'refused' | 'read' {
  try {
    readProtoSpans(bytes);
    return 'read';
  } catch (error) {
    assert.ok(error instanceof MlflowError, String(error));
    return 'refused';
  }
}

/** A field of bytes. */
function nested(number: number, inner: Uint8Array): Buffer {
  const length: number[] = [];
  for (let left = inner.length; ; left >>>= 7) {
    length.push(left < 0x80 ? left : (left & 0x7f) | 0x80);
    if (left < 0x80) break;
  }
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), inner]);
}

/** A request with one span of these fields. */
function requestWith(span: Uint8Array): Buffer {
  return nested(1, nested(2, nested(2, span)));
}

describe('spans of an OTLP request', () => {
  it('are read from protobuf with every type of value exact', () => {
    const [root, child] = readProtoSpans(BYTES);
    assert.ok(root !== undefined && child !== undefined);
    assert.deepEqual(
      [root.traceId, root.id, root.parentId, root.name, root.kind],
      ['000102030405060708090a0b0c0d0e0f', '0101010101010101', null, 'root é', 2],
    );
    assert.deepEqual([root.startNs, root.endNs], [1_700_000_000_123_456_790n, 1_700_000_001_123_456_789n]);
    assert.deepEqual(Object.fromEntries(root.attributes), {
      text: '"ünï\u2028"',
      yes: 'true',
      no: 'false',
      int: '-5',
      big: '9223372036854775807',
      least: '-9223372036854775808',
      one: '1.0',
      pi: '3.25',
      nan: '{"$double":"NaN"}',
      inf: '{"$double":"-Infinity"}',
      huge: '1e+300',
      bytes: '{"$bytes":"AP8="}',
      none: 'null',
      ['__proto__']: '"p"',
      list: '[1,"x",null]',
      map: '{"question":"why"}',
      empty: '[]',
    });
    assert.deepEqual(root.events[0]?.timeNs, 1_700_000_000_500_000_000n);
    assert.deepEqual([...(root.links[0]?.attributes ?? [])], [['why', '"same user"']]);
    assert.deepEqual([child.parentId, child.status], ['0101010101010101', { code: 2, message: 'broke' }]);
    assert.equal(child.service, 'shop');
  });

  it('are the same from JSON', () => {
    assert.deepEqual(readJsonSpans(JSON_BYTES), readProtoSpans(BYTES));
  });

  it('are refused when cut off anywhere within the message', () => {
    for (let length = 1; length < BYTES.length; length++)
      assert.equal(refusedOrRead(BYTES.subarray(0, length)), 'refused', `${length} bytes`);
  });

  it('are read or refused whatever the bytes are', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => Boolean(refusedOrRead(bytes))));
    const changed = fc.tuple(fc.nat(BYTES.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(changed, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = Buffer.from(BYTES);
        for (const [at, byte] of changes) bytes[at] = byte;
        refusedOrRead(bytes);
      }),
    );
  });

  it('are refused with groups, long integers, wrong types, broken UTF-8, deep or endless values', () => {
    const deep = (levels: number): Buffer => {
      let value: Buffer = Buffer.from([0x10, 1]);
      for (let level = 0; level < levels; level++) value = nested(5, nested(1, value));
      return requestWith(nested(9, nested(2, value)));
    };
    assert.equal(refusedOrRead(deep(40)), 'read');
    const bad: Readonly<Record<string, Uint8Array>> = {
      'a group': Buffer.from([0x0b, 0x0c]),
      'field 0': Buffer.from([0x02, 0x00]),
      'an integer of 11 bytes': requestWith(Buffer.from([0x30, ...Array<number>(10).fill(0x80), 1])),
      'an integer of 65 bits': requestWith(Buffer.from([0x30, ...Array<number>(9).fill(0xff), 2])),
      'a name that is a number': requestWith(Buffer.from([0x28, 1])),
      'no UTF-8': requestWith(nested(5, Buffer.from([0xff]))),
      deep: deep(60),
      'very deep': deep(2_000),
      'endless values': requestWith(nested(9, nested(2, nested(5, Buffer.alloc(1_200_000, '\x0a\x00'))))),
    };
    for (const [what, bytes] of Object.entries(bad)) assert.equal(refusedOrRead(bytes), 'refused', what);
  });

  it('are refused when their JSON is of another shape', () => {
    const span = (member: object): object => ({ resourceSpans: [{ scopeSpans: [{ spans: [member] }] }] });
    const any = (value: unknown): object => span({ attributes: [{ key: 'a', value }] });
    const bad: readonly unknown[] = [
      [],
      { resourceSpans: {} },
      { resourceSpans: [1] },
      span({ traceId: 5 }),
      span({ startTimeUnixNano: 'soon' }),
      span({ startTimeUnixNano: '99999999999999999999' }),
      span({ kind: 'SERVER' }),
      span({ status: [] }),
      any(5),
      any({ intValue: '1.5' }),
      any({ intValue: '9223372036854775808' }),
      any({ boolValue: 'true' }),
      any({ doubleValue: 'much' }),
      any({ arrayValue: [1] }),
    ];
    for (const body of bad)
      assert.throws(
        () => readJsonSpans(Buffer.from(JSON.stringify(body))),
        MlflowError,
        JSON.stringify(body),
      );
    assert.throws(() => readJsonSpans(Buffer.from('[['.repeat(100_000))), /nested/);
    assert.throws(() => readJsonSpans(Buffer.from('{')), /not valid JSON/);
  });
});
