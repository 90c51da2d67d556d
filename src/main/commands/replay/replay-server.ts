import { z } from 'zod';
import type { Clock } from '../../../kernel/clock.ts';
import { type Call, controlCalls } from './control-calls.ts';
import { type HttpLine, LineLost } from './http-line.ts';
import { newPatience, type Patience } from './patience.ts';

/** Where the project clock stands, and what is under way. */
const clockView = z.object({
  at: z.number(),
  /** Null for a project that lives on wall time. */
  starts: z.number().nullable(),
  busy: z.array(z.object({ execution: z.string(), workflow: z.string() })),
});
export type ClockView = z.output<typeof clockView>;

const countsView = z.object({
  accepted: z.number(),
  duplicate: z.number(),
  unknown: z.number(),
  refused: z.number(),
});
/** What became of outcomes that were sent. */
export type OutcomeCounts = z.output<typeof countsView>;

const serverView = z.object({ dataPlane: z.string().nullable() });

const loggedView = z.object({
  items: z.array(z.object({ key: z.union([z.string(), z.number()]).nullable() })),
  next: z.string().nullish(),
});

/** Rows in one page of logged predictions: some hours of the flagship's traffic. */
const PAGE_ROWS = 5_000;

/** What a replay asks of a server: a client's calls, tried again while the server is away. */
export interface ReplayServer {
  readonly clock: () => Promise<ClockView>;
  /** Moves the project clock; every outcome due by then has been sent. */
  readonly moveClock: (to: number) => Promise<ClockView>;
  readonly outcomes: (text: string) => Promise<OutcomeCounts>;
  /** Keys of the predictions of a span of event time that the server has logged. */
  readonly loggedKeys: (from: number, to: number) => Promise<Set<string | number>>;
  /** The data plane's present connection; another one is opened where the last was lost. */
  readonly plane: () => Promise<HttpLine>;
  readonly patience: Patience;
  readonly close: () => void;
}

/** `address`: looked up again for each new connection, since a server may come back elsewhere. */
export function replayServer(options: {
  readonly address: () => string;
  readonly token: string | undefined;
  readonly project: string;
  readonly endpoint: string;
  readonly signal: AbortSignal;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly report: (waitsFor: string) => void;
}): ReplayServer {
  const { project, endpoint } = options;
  const patience = newPatience(options);
  const { call, open, close } = controlCalls(options, patience);
  let plane: HttpLine | undefined;
  const clockPath = `/projects/${encodeURIComponent(project)}/clock`;
  return {
    clock: async () => clockView.parse(await call('GET', clockPath)),
    moveClock: async (to) => clockView.parse(await call('POST', clockPath, JSON.stringify({ to }))),
    outcomes: async (text) =>
      countsView.parse(
        await call('POST', '/outcomes', `{"endpoint":${JSON.stringify(endpoint)},"outcomes":[${text}]}`),
      ),
    loggedKeys: (from, to) => loggedKeys(call, project, from, to),
    plane: async () => {
      if (plane?.isOpen() !== true) plane = await open(() => dataPlane(call));
      return plane;
    },
    patience,
    close: () => {
      close();
      plane?.close();
    },
  };
}

async function dataPlane(call: Call): Promise<string> {
  const { dataPlane: url } = serverView.parse(await call('GET', '/server'));
  if (url === null) throw new LineLost('the data plane is not there');
  return url;
}

async function loggedKeys(
  call: Call,
  project: string,
  from: number,
  to: number,
): Promise<Set<string | number>> {
  const keys = new Set<string | number>();
  let next: string | undefined | null;
  do {
    const query = new URLSearchParams({ from: String(from), to: String(to), limit: String(PAGE_ROWS) });
    if (typeof next === 'string') query.set('cursor', next);
    const path = `/projects/${encodeURIComponent(project)}/predictions?${query.toString()}`;
    const page = loggedView.parse(await call('GET', path));
    for (const { key } of page.items) if (key !== null) keys.add(key);
    next = page.next;
  } while (typeof next === 'string');
  return keys;
}
