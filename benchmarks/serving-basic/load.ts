import { connect } from 'node:net';

// Closed-loop HTTP/1.1 load over keep-alive connections, as lean as it can be made so that it does not
// take the processor from what it measures: one prepared request, answers counted by their
// Content-Length, nothing parsed. `load.ts URL CONNECTIONS SECONDS BODY` prints one line of JSON.

const [, , url = '', connections = '1', seconds = '1', body = ''] = process.argv;
const target = new URL(url);
const request = Buffer.from(
  `POST ${target.pathname} HTTP/1.1\r\nHost: ${target.host}\r\nContent-Type: application/json\r\n` +
    `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
);
const END_OF_HEAD = Buffer.from('\r\n\r\n');
const latenciesMs: number[] = [];
let failures = 0;
const started = performance.now();
const until = started + Number(seconds) * 1_000;

await Promise.all(Array.from({ length: Number(connections) }, clientLoop));
const elapsedS = (performance.now() - started) / 1_000;
latenciesMs.sort((a, b) => a - b);
const quantile = (q: number): number => latenciesMs[Math.floor(latenciesMs.length * q)] ?? Number.NaN;
process.stdout.write(
  `${JSON.stringify({
    requests: latenciesMs.length,
    failures,
    perSecond: latenciesMs.length / elapsedS,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
  })}\n`,
);

function clientLoop(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(target.port), target.hostname);
    socket.setNoDelay(true);
    let sentAt = 0;
    let held: Buffer = Buffer.alloc(0);
    const send = (): void => {
      sentAt = performance.now();
      socket.write(request);
    };
    socket.on('connect', send);
    socket.on('error', reject);
    socket.on('data', (chunk: Buffer) => {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const head = held.indexOf(END_OF_HEAD);
      if (head < 0) return;
      const text = held.toString('latin1', 0, head);
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (held.length < head + 4 + length) return;
      held = Buffer.alloc(0);
      if (text.startsWith('HTTP/1.1 200 ')) latenciesMs.push(performance.now() - sentAt);
      else failures++;
      if (performance.now() < until) return send();
      socket.end();
      resolve();
    });
  });
}
