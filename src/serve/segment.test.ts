import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { PredictionRecord } from './prediction-record.ts';
import { readSegments, segmentFiles } from './read-segments.ts';
import { SegmentWriter } from './segment.ts';

const NOON = Date.UTC(2026, 0, 31, 12);

function record(id: string, name = 'x'): PredictionRecord {
  return {
    id,
    key: 7,
    at: NOON,
    t: NOON - 1,
    endpoint: 'delay',
    release: 'a'.repeat(64),
    version: '1',
    fields: { name },
    features: { x: 1.5, y: null, z: 'text' },
    prediction: 0.25,
    latencyUs: 12,
    error: false,
  };
}

function inFolder(
  work: (dir: string, open: (worker?: number, bytesMax?: number) => SegmentWriter) => Promise<void>,
) {
  return async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'tend-segments-'));
    const onSyncError = (error: unknown): void => assert.fail(String(error));
    try {
      await work(dir, (worker = 1, bytesMax = 1e9) => {
        return new SegmentWriter({ dir, endpoint: 'delay', worker, bytesMax, onSyncError });
      });
    } finally {
      rmSync(dir, { recursive: true });
    }
  };
}

async function readAll(dir: string): Promise<PredictionRecord[]> {
  const records: PredictionRecord[] = [];
  for await (const one of readSegments(dir)) records.push(one);
  return records;
}

const line = (one: PredictionRecord): string => `${JSON.stringify(one)}\n`;
const namesOf = async (dir: string): Promise<string[]> =>
  (await segmentFiles(dir)).map((file) => path.basename(file));

test(
  'records are read as they were written, whatever separators their texts hold',
  inFolder(async (dir, open) => {
    const records = [record('a', 'line\u2028separator\u0085\r\n'), record('b', '✈ über'), record('c')];
    const writer = open();
    writer.append(records.map(line).join(''), NOON);
    writer.close();
    assert.deepEqual(await readAll(dir), records);
  }),
);

test(
  'a line torn by a kill is skipped, within a character too, and a new writer takes a new file',
  inFolder(async (dir, open) => {
    const first = open();
    first.append(line(record('a')), NOON);
    first.close();
    const [file = ''] = await segmentFiles(dir);
    const torn = Buffer.from(line(record('b', 'ü')));
    appendFileSync(file, torn.subarray(0, torn.indexOf(0xc3) + 1));
    const second = open();
    second.append(line(record('c')), NOON);
    second.close();
    const ids = (await readAll(dir)).map(({ id }) => id);
    assert.deepEqual(ids, ['a', 'c']);
    assert.deepEqual(await namesOf(dir), ['20260131-1-0.jsonl', '20260131-1-1.jsonl']);
  }),
);

test(
  'a whole record without its line feed was not acknowledged and is skipped',
  inFolder(async (dir, open) => {
    const writer = open();
    writer.append(`${line(record('a'))}${JSON.stringify(record('b'))}`, NOON);
    writer.close();
    assert.deepEqual(
      (await readAll(dir)).map(({ id }) => id),
      ['a'],
    );
  }),
);

test(
  'a new day and a full file begin a new one',
  inFolder(async (dir, open) => {
    const writer = open(7, 100);
    writer.append(line(record('a')), NOON);
    writer.append(line(record('b')), NOON);
    writer.append(line(record('c')), NOON + 86_400_000);
    writer.close();
    assert.deepEqual(await namesOf(dir), ['20260131-7-0.jsonl', '20260131-7-1.jsonl', '20260201-7-0.jsonl']);
  }),
);
