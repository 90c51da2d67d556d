import type { Worker } from 'node:cluster';
import { createServer, type Socket } from 'node:net';
import { TendError } from '../kernel/error.ts';
import type { ToWorker } from './worker-message.ts';

/** Connections that wait while no worker lives; a new worker takes them up within a second. */
const WAITING_MAX = 1_024;
/** Connections that the system holds until they are accepted. */
const BACKLOG = 1_024;

/** The listening socket of a plane. */
export interface Acceptor {
  readonly port: number;
  /** From now on connections go to the workers that `next` names; until then they wait. */
  readonly handTo: (next: () => Worker | undefined) => void;
  /** Hands connections that wait to workers that have come. */
  readonly handOver: () => void;
  /** A worker has the connection. */
  readonly taken: (connection: number) => void;
  /** A worker is gone; what it was handed and has not taken goes to another one. */
  readonly lost: (worker: Worker) => void;
  /** Stops accepting; connections that still wait are closed. */
  readonly close: () => void;
}

/**
 * Listens, and hands each connection to the next worker. The socket is the supervisor's, not
 * `node:cluster`'s, which closes it with its last worker: so the port stays ours, and a client that connects
 * while the only worker is being replaced waits for the new one instead of being refused. A connection is
 * held here too until the worker says that it has it, which it does before it reads: so none is lost with a
 * worker that dies in between.
 *
 * @param port 0 for any free one
 * @throws PORT_IN_USE, or NOT_ALLOWED for a port that needs privileges
 */
export async function acceptConnections(host: string, port: number): Promise<Acceptor> {
  let next: () => Worker | undefined = () => undefined;
  const waiting = new Set<Socket>();
  const handed = new Map<number, { readonly socket: Socket; readonly worker: Worker }>();
  let last = 0;
  const handOver = (): void => {
    for (const socket of waiting) {
      const worker = next();
      if (worker === undefined) return;
      waiting.delete(socket);
      last++;
      handed.set(last, { socket, worker });
      const message: ToWorker = { kind: 'connection', connection: last };
      // A send that fails is followed by the loss of the worker.
      worker.process.send?.(message, socket, { keepOpen: true }, () => undefined);
    }
  };
  const taken = (connection: number): void => {
    handed.get(connection)?.socket.destroy();
    handed.delete(connection);
  };
  const lost = (worker: Worker): void => {
    for (const [connection, { socket, worker: holder }] of handed) {
      if (holder !== worker) continue;
      handed.delete(connection);
      if (server.listening) waiting.add(socket);
      else socket.destroy();
    }
    handOver();
  };
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
    socket.on('error', () => waiting.delete(socket));
    if (waiting.size >= WAITING_MAX) return void socket.destroy();
    waiting.add(socket);
    handOver();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, host, port)));
    server.listen({ host, port, backlog: BACKLOG }, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('expected an address of TCP');
  return {
    port: address.port,
    handTo: (workers) => {
      next = workers;
      handOver();
    },
    handOver,
    taken,
    lost,
    close: () => {
      server.close();
      for (const socket of waiting) socket.destroy();
    },
  };
}

function listenError(error: Error, host: string, port: number): Error {
  const code = 'code' in error ? error.code : '';
  if (code === 'EADDRINUSE') {
    return new TendError('PORT_IN_USE', `the data plane cannot listen on ${host}:${port}: it is in use`, {
      hint: 'Stop what listens there, or choose another port with --serve-port.',
      cause: error,
    });
  }
  if (code === 'EACCES') {
    return new TendError('NOT_ALLOWED', `the data plane may not listen on ${host}:${port}`, { cause: error });
  }
  return error;
}
