import { TendError } from '../kernel/error.ts';
import { defineCommand } from './command.ts';
import { printable } from './printable.ts';

const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** `tend api`: any call of the API, for what has no command of its own. */
export const apiCommand = defineCommand({
  name: 'api',
  summary: 'Calls the HTTP API; for what has no command of its own',
  examples: [
    'tend api GET /status',
    'tend api POST /approvals/apr_01ht…/approve --data \'{"comment":"checked"}\'',
  ],
  arguments: [
    { name: 'method', description: 'GET, POST, PUT, PATCH or DELETE', required: true },
    { name: 'path', description: 'with or without /api/tend/v1, and with its query', required: true },
  ],
  options: [
    { flag: 'data', description: 'body as JSON', type: 'string' },
    { flag: 'data-file', description: 'file that holds the body; - reads it', type: 'file' },
  ],
  load: async () => async (call) => {
    const method = String(call.arguments['method']).toUpperCase();
    if (!METHODS.has(method)) throw new TendError('USAGE', `${method} is none of ${[...METHODS].join(', ')}`);
    const body = readBody(call.options['data'] ?? call.options['dataFile']);
    const invoker = await call.invoker();
    const items: unknown[] = [];
    const onItem = (item: unknown): void => {
      items.push(item);
      call.terminal.print(printable(JSON.stringify(item)));
    };
    const answer = await invoker.request(method, String(call.arguments['path']), body, {
      signal: call.signal,
      onItem,
    });
    const data = items.length > 0 ? items : (answer ?? null);
    return { data, text: items.length > 0 ? '' : printable(JSON.stringify(data, undefined, 2)) };
  },
});

function readBody(text: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new TendError('USAGE', '--data is not valid JSON', { cause: error });
  }
}
