/** One server-sent event: its name (`message` unless given) and its data. */
export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
}

/** The longest event that is taken; one of ours is at most a page of rows. */
const EVENT_CHARS_MAX = 16 * 1024 * 1024;

/** Events of a stream (HTML Living Standard §9.2.6). Comments, ids and retry times are left out. */
export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  let event = 'message';
  let data: string[] = [];
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true });
    if (rest.length > EVENT_CHARS_MAX) throw new RangeError('an event is longer than 16 MiB');
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const raw of lines) {
      const line = raw.replace(/\r$/, '');
      if (line === '') {
        if (data.length > 0) yield { event, data: data.join('\n') };
        event = 'message';
        data = [];
      } else if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''));
      else if (line.startsWith('event:')) event = line.slice(6).trim();
    }
  }
}
