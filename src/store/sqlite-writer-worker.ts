import assert from 'node:assert/strict';
import { parentPort, workerData } from 'node:worker_threads';
import { SqliteBatchWriter } from './sqlite-batch.ts';
import { openSqliteConnection } from './sqlite-connection.ts';
import { sendOutcome, type WriterReply, type WriterRequest } from './writer-message.ts';

/*
 * The one thread that writes an SQLite file. It waits for the disk so that the main thread need not: with the
 * writer on the main thread the p99 of a request under load was over a second, with this thread 50 ms.
 */

const port = parentPort;
assert(port !== null, 'sqlite-writer-worker runs as a worker thread');
const { path }: { readonly path: string } = workerData;
const connection = openSqliteConnection(path, { readOnly: false });
const writer = new SqliteBatchWriter(connection);

port.on('message', (request: WriterRequest) => {
  if (request.kind === 'batch') {
    const outcomes = writer.write(request.units).map(sendOutcome);
    port.postMessage({ kind: 'batch', outcomes } satisfies WriterReply);
    return;
  }
  connection.close();
  port.postMessage({ kind: 'closed' } satisfies WriterReply);
  port.close();
});
