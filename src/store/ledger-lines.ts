/** A stretch of a file that cannot be a line of an export, and why. */
export interface BrokenLine {
  readonly broken: string;
}

/** One entry of a ledger is some kilobytes; what is longer than this is no line of ours, and is not held. */
const LINE_BYTES_MAX = 64 * 1024 * 1024;

const LINE_FEED = 10;

/**
 * The lines of an exported ledger, from its bytes. A line ends with a line feed and nothing else: a reader of
 * text would take other characters for line ends too, which entries may hold and which a changed byte may
 * become. Bytes that are no UTF-8 and a last line without its line feed are broken. After a broken line
 * nothing more is read.
 */
export async function* ledgerLines(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  lineBytesMax = LINE_BYTES_MAX,
): AsyncGenerator<string | BrokenLine> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let parts: Uint8Array[] = [];
  let held = 0;
  const take = (end: Uint8Array): string | BrokenLine => {
    const bytes = parts.length === 0 ? end : Buffer.concat([...parts, end]);
    parts = [];
    held = 0;
    try {
      return decoder.decode(bytes);
    } catch {
      return { broken: 'the line is not UTF-8' };
    }
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let at = chunk.indexOf(LINE_FEED); at !== -1; at = chunk.indexOf(LINE_FEED, start)) {
      const line = take(chunk.subarray(start, at));
      yield line;
      if (typeof line !== 'string') return;
      start = at + 1;
    }
    if (start === chunk.length) continue;
    held += chunk.length - start;
    if (held > lineBytesMax) {
      yield { broken: 'the line is too long for an entry' };
      return;
    }
    // A copy: whoever reads a file may fill the same buffer again.
    parts.push(Uint8Array.from(chunk.subarray(start)));
  }
  if (held > 0) yield { broken: 'the line is cut: it does not end with a line feed' };
}
