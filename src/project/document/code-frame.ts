/** Longest piece of a line shown; a pasted megabyte on one line must not fill the terminal. */
const LINE_CHARS_MAX = 160;
/** Of these, before the place when it lies beyond them. */
const BEFORE_CHARS = 60;

/**
 * The line at fault with its number, the line before it, and carets under the place.
 * `line` and `column` count from 1; `length` is how many characters are at fault on that line. Of a long
 * line the part around the place is shown.
 */
export function codeFrame(source: string, line: number, column: number, length: number): string {
  const lines = source.split('\n');
  const width = String(line).length;
  const from = column <= LINE_CHARS_MAX ? 0 : column - 1 - BEFORE_CHARS;
  const shown: string[] = [];
  for (let number = Math.max(1, line - 1); number <= line; number++) {
    const text = (lines[number - 1] ?? '').replace(/\r$/, '').slice(from, from + LINE_CHARS_MAX);
    shown.push(`  ${String(number).padStart(width)} | ${printable(text)}`);
  }
  const place = column - 1 - from;
  const carets = Math.max(1, Math.min(length, LINE_CHARS_MAX - place));
  shown.push(`  ${' '.repeat(width)} | ${' '.repeat(place)}${'^'.repeat(carets)}`);
  return shown.join('\n');
}

/** A control character of the source must not steer the terminal; each takes one place, as before. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '\u00b7');
}
