import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { PredictionRecord } from './prediction-record.ts';
import { SegmentWriter } from './segment.ts';
import { type SegmentPlace, tailSegments } from './tail-segments.ts';

const NOON = Date.UTC(2026, 0, 31, 12);
const FIRST = '20260131-1-0.jsonl';

function record(id: string, name = 'x'): PredictionRecord {
  const [endpoint, release, version] = ['delay', 'a'.repeat(64), '1'];
  const parts = { fields: { name }, features: { x: 1.5, y: null }, prediction: 0.25, latencyUs: 12 };
  return { id, key: id, at: NOON, t: NOON - 1, endpoint, release, version, ...parts, error: false };
}

const line = (one: PredictionRecord): string => `${JSON.stringify(one)}\n`;

interface Bed {
  readonly dir: string;
  readonly open: (worker?: number, bytesMax?: number) => SegmentWriter;
  /** Appends raw text to a segment file. */
  readonly put: (file: string, text: string | Buffer) => void;
}

function inFolder(work: (bed: Bed) => Promise<void>) {
  return async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'tend-tail-'));
    const onSyncError = (error: unknown): void => assert.fail(String(error));
    try {
      await work({
        dir,
        open: (worker = 1, bytesMax = 1e9) =>
          new SegmentWriter({ dir, endpoint: 'delay', worker, bytesMax, onSyncError }),
        put: (file, text) => {
          mkdirSync(path.join(dir, 'delay'), { recursive: true });
          appendFileSync(path.join(dir, 'delay', file), text);
        },
      });
    } finally {
      rmSync(dir, { recursive: true });
    }
  };
}

/** Ids of what the tail hands over next. */
async function nextIds(tail: ReturnType<typeof tailSegments>): Promise<string[]> {
  const ids: string[] = [];
  const count = await tail.next(({ id }) => void ids.push(id));
  assert.equal(count, ids.length);
  return ids;
}

test(
  'every record is handed over once, of all workers, while files grow and new ones begin',
  inFolder(async ({ dir, open }) => {
    const tail = tailSegments(dir, 'delay');
    assert.deepEqual(await nextIds(tail), []);
    const [one, two] = [open(1, 900), open(2)];
    one.append(line(record('a')) + line(record('b')), NOON);
    two.append(line(record('c')), NOON);
    assert.deepEqual(await nextIds(tail), ['a', 'b', 'c']);
    assert.deepEqual(await nextIds(tail), []);
    for (const id of ['d', 'e', 'f', 'g']) one.append(line(record(id)), NOON);
    two.append(line(record('h')), NOON + 86_400_000);
    assert.deepEqual(await nextIds(tail), ['d', 'e', 'f', 'g', 'h']);
    one.close();
    two.close();
    assert.deepEqual(await nextIds(tail), []);
  }),
);

test(
  'a place leads back to its line, whatever the texts of the lines before hold',
  inFolder(async ({ dir, open }) => {
    const records = [record('a', '✈ über 日本 \u2028 \u0085'), record('b', '\ud800'), record('c', '"\\\r\n')];
    const writer = open();
    writer.append(records.map(line).join(''), NOON);
    writer.close();
    const found: PredictionRecord[] = [];
    const places: SegmentPlace[] = [];
    await tailSegments(dir, 'delay').next((one, place) => {
      found.push(one);
      places.push(place);
    });
    assert.deepEqual(found, records);
    let offset = 0;
    for (const [i, place] of places.entries()) {
      assert.deepEqual(place, { file: FIRST, offset });
      offset += Buffer.byteLength(line(records[i] as PredictionRecord));
    }
  }),
);

test(
  'a torn line waits for its rest, byte by byte, and what is no record is passed by',
  inFolder(async ({ dir, put }) => {
    const tail = tailSegments(dir, 'delay');
    const bytes = Buffer.from(line(record('a', 'é')));
    for (const byte of bytes.subarray(0, -1)) {
      put(FIRST, Buffer.of(byte));
      assert.deepEqual(await nextIds(tail), []);
    }
    put(FIRST, '\n');
    assert.deepEqual(await nextIds(tail), ['a']);
    put(FIRST, `{}\nnull\n[1]\n{"id":"x"\n\n${line(record('b'))}${line(record('c')).slice(0, -1)}`);
    assert.deepEqual(await nextIds(tail), ['b']);
  }),
);

test(
  'reading goes on from positions, and not in what was forgotten',
  inFolder(async ({ dir, put }) => {
    const before = tailSegments(dir, 'delay');
    put(FIRST, line(record('a')));
    put('20260131-2-0.jsonl', line(record('b')));
    await nextIds(before);
    const positions = before.positions();
    put(FIRST, line(record('c')));
    put('20260201-1-0.jsonl', line(record('d')));
    put('notes.txt', line(record('no')));
    assert.deepEqual(await nextIds(tailSegments(dir, 'delay', positions)), ['c', 'd']);
    before.forget(FIRST);
    unlinkSync(path.join(dir, 'delay', FIRST));
    assert.deepEqual(await nextIds(before), ['d']);
    assert.deepEqual(Object.keys(before.positions()).sort(), ['20260131-2-0.jsonl', '20260201-1-0.jsonl']);
  }),
);

test(
  'after a reader that throws, the next call goes on behind the record',
  inFolder(async ({ dir, put }) => {
    put(FIRST, ['a', 'b', 'c'].map((id) => line(record(id))).join(''));
    const tail = tailSegments(dir, 'delay');
    const failing = tail.next(({ id }) => {
      if (id === 'b') throw new RangeError('no room');
    });
    await assert.rejects(failing, RangeError);
    assert.deepEqual(await nextIds(tail), ['c']);
  }),
);

test(
  'lines longer than a piece are read whole',
  inFolder(async ({ dir, put }) => {
    const long = record('long', 'y'.repeat(2_500_000));
    put(FIRST, line(record('a')) + line(long) + line(record('b')));
    const tail = tailSegments(dir, 'delay');
    const lengths: number[] = [];
    await tail.next(({ fields: { name } }) => {
      assert.ok(typeof name === 'string');
      lengths.push(name.length);
    });
    assert.deepEqual(lengths, [1, 2_500_000, 1]);
  }),
);
