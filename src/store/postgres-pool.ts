import { Pool, types } from 'pg';

/**
 * A server that does not answer must not hold a caller longer than this; the driver itself would wait for
 * ever.
 */
const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 10_000;

/** The server gives up first and says why; this one is for a server that is gone. */
const QUERY_TIMEOUT_MS = 15_000;

const INT8 = 20;
const NUMERIC = 1700;

/** Connections of one use. `reads` cannot write: the server refuses it. */
export function openPool(url: string, use: 'reads' | 'writes', size: number): Pool {
  const settings = [
    `set statement_timeout = ${STATEMENT_TIMEOUT_MS}`,
    `set lock_timeout = ${CONNECT_TIMEOUT_MS}`,
    use === 'reads' ? 'set default_transaction_read_only = on' : 'set synchronous_commit = on',
  ];
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
    types: { getTypeParser: (oid: number) => typeParser(oid) },
    onConnect: async (client) => {
      await client.query(settings.join('; '));
    },
  });
  // Without listeners a connection that breaks would end the process. An idle one is replaced by the pool;
  // whoever uses one that breaks has the error from its query.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** Times, counts and sums are numbers, as on SQLite. */
function typeParser(oid: number): (text: string) => unknown {
  return oid === INT8 || oid === NUMERIC ? exactNumber : types.getTypeParser(oid, 'text');
}

function exactNumber(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new RangeError(`${text} does not fit a number exactly`);
  }
  return value;
}
