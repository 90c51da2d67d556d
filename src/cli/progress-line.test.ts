import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { progressLine } from './progress-line.ts';

function bed(isTTY: boolean) {
  let now = 0;
  const written: string[] = [];
  const line = progressLine(
    { write: (text) => written.push(text), isTTY, columns: 20 },
    { monotonic: () => now },
  );
  const at = (ms: number, text: string, share?: number): void => {
    now = ms;
    line.report(share === undefined ? { text } : { text, share });
  };
  return { line, written, at };
}

describe('progressLine()', () => {
  it('writes a line for each change in a log, at most one a second', () => {
    const { written, at } = bed(false);
    at(0, 'a');
    at(500, 'b');
    at(1_000, 'c', 0.333);
    at(2_500, 'c', 0.333);
    at(2_600, 'd\u001b[2J');
    assert.deepEqual(written, ['a\n', 'c 33%\n', 'd\\x1b[2J\n']);
  });

  it('rewrites one line on a terminal, no longer than it, and takes it away', () => {
    const { line, written, at } = bed(true);
    at(0, 'training: trial 3 of 8', 0.5);
    at(10, 'too soon');
    at(100, 'done');
    line.clear();
    line.clear();
    assert.deepEqual(written, ['\r\u001b[2Ktraining: trial 3 o', '\r\u001b[2Kdone', '\r\u001b[2K']);
  });
});
