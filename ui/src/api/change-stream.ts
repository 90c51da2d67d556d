import type { Change } from './answer.ts';
import { OPERATIONS } from './schema.gen.ts';

/**
 * Waits between attempts to reconnect, in milliseconds: quick after a hiccup, patient with a server that
 * is down.
 */
const RETRY_MS = [500, 1000, 2000, 5000, 10_000];

interface StreamListener {
  readonly onChange: (change: Change) => void;
  /** True when the stream opens, false when it breaks. */
  readonly onLive: (live: boolean) => void;
}

/**
 * Listens to the changes of the board until the returned function is called. EventSource reconnects by itself
 * after a broken connection, but gives up for good on an answer other than 200; this starts it anew.
 */
export function watchChanges({ onChange, onLive }: StreamListener): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let attempts = 0;

  function open(): void {
    source = new EventSource(OPERATIONS['changes.watch'].path);
    source.onopen = () => {
      attempts = 0;
      onLive(true);
    };
    source.onmessage = (event: MessageEvent<string>) => {
      const change = asChange(event.data);
      if (change !== undefined) onChange(change);
    };
    source.onerror = () => {
      onLive(false);
      if (source?.readyState !== EventSource.CLOSED) return;
      timer = setTimeout(open, RETRY_MS[Math.min(attempts, RETRY_MS.length - 1)]);
      attempts += 1;
    };
  }

  open();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}

const KINDS: readonly string[] = ['stage', 'progress', 'inbox'] satisfies Change['kind'][];

/** A change of a kind that this version knows; a newer server may send more. */
export function asChange(data: string): Change | undefined {
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value !== 'object' || value === null) return undefined;
    const kind: unknown = Reflect.get(value, 'kind');
    // The kind tells the shape; the server validates what it sends.
    return typeof kind === 'string' && KINDS.includes(kind) ? (value as Change) : undefined;
  } catch {
    return undefined;
  }
}
