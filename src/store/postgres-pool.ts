import { type ClientBase, Pool, types } from 'pg';

/**
 * A server that does not answer must not hold a caller longer than this; the driver itself would wait for
 * ever.
 */
const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 10_000;

/** The server gives up first and says why; this one is for a server that is gone. */
const QUERY_TIMEOUT_MS = 15_000;

const { INT8, NUMERIC } = types.builtins;

/** Connections of one use. `reads` cannot write: the server refuses it. */
export function openPool(url: string, use: 'reads' | 'writes', size: number): Pool {
  const settings = [
    `set statement_timeout = ${STATEMENT_TIMEOUT_MS}`,
    `set lock_timeout = ${CONNECT_TIMEOUT_MS}`,
    use === 'reads' ? 'set default_transaction_read_only = on' : 'set synchronous_commit = on',
  ];
  // The pool waits for it; the type of its options does not say so.
  const first = {
    onConnect: async (client: ClientBase): Promise<void> => {
      await client.query(settings.join('; '));
    },
  };
  const pool = new Pool({
    connectionString: url,
    max: size,
    application_name: 'tend',
    keepAlive: true,
    allowExitOnIdle: true,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    // Statements of a batch go out together instead of each waiting for the answer to the one before.
    pipeline: use === 'writes',
    // Here and not in the driver's global table, which other users of the driver share.
    types: { getTypeParser: (oid: Parameters<typeof types.getTypeParser>[0]) => typeParser(oid) },
    ...first,
  });
  // Without listeners a connection that breaks would end the process. An idle one is replaced by the pool;
  // whoever uses one that breaks has the error from its query.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** Times, counts and sums are numbers, as on SQLite. */
function typeParser(oid: Parameters<typeof types.getTypeParser>[0]): (text: string) => unknown {
  return oid === INT8 || oid === NUMERIC ? exactNumber : types.getTypeParser(oid, 'text');
}

function exactNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new RangeError(`${text} does not fit a number exactly`);
  }
  return value;
}
