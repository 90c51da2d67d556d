/** Longest piece of a line shown; a pasted megabyte on one line must not fill the terminal. */
const LINE_CHARS_MAX = 160;

/**
 * The line at fault with its number, the line before it, and carets under the place.
 * `line` and `column` count from 1; `length` is how many characters are at fault on that line.
 */
export function codeFrame(source: string, line: number, column: number, length: number): string {
  const lines = source.split('\n');
  const width = String(line).length;
  const shown: string[] = [];
  for (let number = Math.max(1, line - 1); number <= line; number++) {
    const text = (lines[number - 1] ?? '').replace(/\r$/, '').slice(0, LINE_CHARS_MAX);
    shown.push(`  ${String(number).padStart(width)} | ${text}`);
  }
  const room = Math.max(1, LINE_CHARS_MAX - column);
  shown.push(
    `  ${' '.repeat(width)} | ${' '.repeat(column - 1)}${'^'.repeat(Math.max(1, Math.min(length, room)))}`,
  );
  return shown.join('\n');
}
