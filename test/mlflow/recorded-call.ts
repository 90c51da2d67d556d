/** One request that is sent to both servers; `$name` in its texts stands for what an answer before held. */
export interface RecordedCall {
  /** Unique; differences are listed by it. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From `/api` on, or all of it when it begins with `/`. */
  readonly path: string;
  /** Sent as JSON; a text is sent as it is. */
  readonly body?: object | string;
  readonly type?: string;
  /** Names for members of the answer (`run.info.run_id`), for the calls that follow. */
  readonly keep?: Readonly<Record<string, string>>;
}

type Keep = NonNullable<RecordedCall['keep']>;

const below = (path: string): string => (path.startsWith('/') ? path : `/api/2.0/mlflow/${path}`);

/** A call that reads, with its query. */
export function get(name: string, path: string, query: Readonly<Record<string, string>> = {}): RecordedCall {
  const text = Object.entries(query)
    .map(([key, value]) => `${key}=${encodeURIComponent(value).replaceAll('%24', '$')}`)
    .join('&');
  return { name, method: 'GET', path: below(path) + (text === '' ? '' : `?${text}`) };
}

/** A call with a JSON body. */
export function send(
  name: string,
  method: 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body: object | string = {},
  keep: Keep = {},
): RecordedCall {
  return { name, method, path: below(path), body, keep };
}

export function post(name: string, path: string, body: object | string = {}, keep: Keep = {}): RecordedCall {
  return send(name, 'POST', path, body, keep);
}

/** What a server answered: its status and, where it is JSON, its body; another body as `text`. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Sends the calls in order, and answers by name, with ids, times and invented names made alike. */
export async function answersOf(
  url: string,
  calls: readonly RecordedCall[],
): Promise<ReadonlyMap<string, Answer>> {
  const kept = new Map<string, string>();
  const answers = new Map<string, Answer>();
  for (const call of calls) {
    const { status, body } = await ask(url, call, (text) => filledIn(text, kept));
    for (const [name, path] of Object.entries(call.keep ?? {})) kept.set(name, String(memberAt(body, path)));
    answers.set(call.name, { status, body: madeAlike(body, kept) });
  }
  return answers;
}

async function ask(url: string, call: RecordedCall, fill: (text: string) => string): Promise<Answer> {
  const { method, path, body, type = 'application/json' } = call;
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(url + fill(path), {
    method,
    ...(body === undefined ? {} : { body: fill(text) }),
    headers: body === undefined || type === '' ? {} : { 'content-type': type },
  });
  const answer = await response.text();
  try {
    return { status: response.status, body: JSON.parse(answer) };
  } catch {
    return { status: response.status, body: { text: answer } };
  }
}

function filledIn(text: string, kept: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\$([a-z]\w*)/gi, (all, name: string) => kept.get(name) ?? all);
}

function memberAt(value: unknown, path: string): unknown {
  let at: unknown = value;
  for (const name of path.split('.')) at = (at as Record<string, unknown> | undefined)?.[name];
  return at;
}

/** Later than this a time was taken from the clock and not from a request. */
const NOW_MS = 1_600_000_000_000;

function madeAlike(value: unknown, kept: ReadonlyMap<string, string>, name = ''): unknown {
  if (Array.isArray(value)) return inOrder(value.map((one) => madeAlike(one, kept, name)));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, madeAlike(one, kept, key)]));
  if (typeof value === 'number' && value > NOW_MS && /time/.test(name)) return '<time>';
  if (typeof value !== 'string') return value;
  if (/token/.test(name)) return '<token>';
  if (/^[a-z]+-[a-z]+-\d+$/.test(value)) return '<invented>';
  let text = value;
  for (const [key, id] of kept) {
    // Ids of experiments are numbers of one digit, and so is much else.
    if (id.length > 8) text = text.replaceAll(id, `$${key}`);
    else if (name === 'experiment_id' && text === id) return `$${key}`;
    else text = text.replace(new RegExp(`:/${id}(?=/|$)`), `:/$${key}`);
  }
  return text;
}

/** Lists of keys with values, and of files, have no order of their own. */
function inOrder(list: readonly unknown[]): readonly unknown[] {
  const keyOf = (one: unknown): string | undefined => {
    const { key, path, alias } = (one ?? {}) as Record<string, unknown>;
    const found = key ?? path ?? alias;
    return typeof found === 'string' ? found : undefined;
  };
  const keys = list.map(keyOf);
  if (keys.includes(undefined) || new Set(keys).size < keys.length) return list;
  return list.toSorted((a, b) => ((keyOf(a) ?? '') < (keyOf(b) ?? '') ? -1 : 1));
}
