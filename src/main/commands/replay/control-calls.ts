import { API_PREFIX } from '../../../cli/invoker.ts';
import { problemError } from '../../../cli/problem-error.ts';
import { TendError } from '../../../kernel/error.ts';
import { type HttpLine, LineLost, openLine } from './http-line.ts';
import type { Patience } from './patience.ts';

/** A call of the API by its path below the prefix; `body` is JSON. Resolves with what was answered. */
export type Call = (method: 'GET' | 'POST', path: string, body?: string) => Promise<unknown>;

/**
 * Calls of the control plane over one kept connection, each tried again while the server is away or asks to
 * come later: they read, or the server takes them only once. `open` opens any connection with the same
 * patience.
 */
export function controlCalls(
  { address, token }: { readonly address: () => string; readonly token: string | undefined },
  patience: Patience,
): {
  readonly call: Call;
  readonly open: (url: () => Promise<string>) => Promise<HttpLine>;
  readonly close: () => void;
} {
  let line: HttpLine | undefined;
  let wasThere = false;
  const open = async (url: () => Promise<string>): Promise<HttpLine> => {
    for (;;) {
      try {
        const opened = await openLine(await url());
        wasThere = true;
        return opened;
      } catch (error) {
        await patience.wait(awayError(error, wasThere).message);
      }
    }
  };
  const call: Call = async (method, path, body) => {
    const request = { method, path: API_PREFIX + path, token, ...(body === undefined ? {} : { body }) };
    for (;;) {
      if (line?.isOpen() !== true) line = await open(async () => address());
      const answer = await line.send(request).catch(notLost);
      if (answer instanceof LineLost) {
        await patience.wait(answer.message);
        continue;
      }
      if (answer.status < 300) {
        patience.succeeded();
        return JSON.parse(answer.body) as unknown;
      }
      const problem = problemError(answer.status, answer.body);
      if (!comesLater(answer.status)) throw problem;
      await patience.wait(problem.message, answer);
    }
  };
  return { call, open, close: () => line?.close() };
}

/** The answer asks to come again later. */
export function comesLater(status: number): boolean {
  return status === 429 || status === 503 || status === 504;
}

/** What was thrown, where it says that the server is away: one that answered before is on its way back. */
function awayError(error: unknown, wasThere: boolean): Error {
  return wasThere && error instanceof TendError && error.code === 'UNAVAILABLE' ? error : notLost(error);
}

/** What was thrown, where it is a lost connection: that is tried again. */
export function notLost(error: unknown): LineLost {
  if (error instanceof LineLost) return error;
  throw error;
}
