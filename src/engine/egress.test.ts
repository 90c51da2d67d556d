import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createEgressPolicy, type HostAddress } from './egress-policy.ts';
import { postEgress } from './egress-request.ts';
import { parseEgressAllow } from './egress-rules.ts';
import { isPublicAddress } from './public-address.ts';

/** A listener on the loopback that counts who connects. */
async function listener(
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) =>
    void response.end('ok'),
): Promise<AsyncDisposable & { readonly port: number; readonly connections: () => number }> {
  let connections = 0;
  const server = createServer(answer);
  server.on('connection', () => void connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const post = (url: string, allow = '', lookup?: (host: string) => Promise<readonly HostAddress[]>) =>
  postEgress(createEgressPolicy({ allow, ...(lookup === undefined ? {} : { lookup }) }), {
    url,
    headers: {},
    body: '{}',
  });

const LOOPBACK: HostAddress = { address: '127.0.0.1', family: 4 };
const PUBLIC: HostAddress = { address: '8.8.8.8', family: 4 };

test('no spelling of this machine is called: the listener counts no connection', async () => {
  await using server = await listener();
  const { port } = server;
  const hosts = [
    '127.0.0.1',
    '127.1',
    '127.255.255.254',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '017700000001',
    '0',
    '0.0.0.0',
    '①②⑦.0.0.1',
    '127。0。0。1',
    'localhost',
    'LOCALHOST.',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '169.254.169.254',
    '[fe80::1]',
    '[fd00:ec2::254]',
    '10.0.0.1',
    '100.64.0.1',
    '192.168.1.1',
    '172.31.0.1',
  ];
  for (const host of hosts) {
    for (const scheme of ['http', 'https']) {
      await assert.rejects(post(`${scheme}://${host}:${port}/`), { code: 'NOT_ALLOWED' }, host);
    }
  }
  for (const url of [
    `gopher://127.0.0.1:${port}/_GET`,
    `file:///etc/passwd`,
    `ftp://127.0.0.1:${port}/`,
    `http://hooks.example@127.0.0.1:${port}/`,
    `http://127.0.0.1:${port}\\@hooks.example/`,
    '//127.0.0.1/',
    '',
    `https://hooks.example/${'a'.repeat(2_000)}`,
  ]) {
    await assert.rejects(
      post(url, '', async () => [PUBLIC]),
      { code: 'NOT_ALLOWED' },
      url,
    );
  }
  assert.equal(server.connections(), 0);
});

test('a name that leads here is refused, also when only one of its addresses does', async () => {
  await using server = await listener();
  const url = `https://hooks.example:${server.port}/`;
  await assert.rejects(
    post(url, '', async () => [LOOPBACK]),
    {
      code: 'NOT_ALLOWED',
      message: 'hooks.example leads to 127.0.0.1, which is not a public address',
    },
  );
  await assert.rejects(
    post(url, '', async () => [PUBLIC, LOOPBACK]),
    { code: 'NOT_ALLOWED' },
  );
  await assert.rejects(
    post(url, '', async () => []),
    { code: 'UNAVAILABLE' },
  );
  await assert.rejects(
    post(url, '', () => Promise.reject(new Error('ENOTFOUND'))),
    { code: 'UNAVAILABLE' },
  );
  assert.equal(server.connections(), 0);
});

test('a name that answers otherwise the second time gains nothing: it is asked once', async () => {
  await using server = await listener();
  let asked = 0;
  const flips = async () => (asked++ === 0 ? [LOOPBACK] : [{ address: '::1', family: 6 }]);
  const status = await post(`http://hooks.example:${server.port}/`, '127.0.0.1/32', flips);
  assert.deepEqual([status, asked, server.connections()], [200, 1, 1]);
  await assert.rejects(post(`http://hooks.example:${server.port}/`, '127.0.0.1/32', flips), {
    code: 'NOT_ALLOWED',
  });
  assert.equal(server.connections(), 1);
});

test('a redirect is an answer, not an order', async () => {
  await using inside = await listener();
  await using outside = await listener((_request, response) => {
    response.writeHead(302, { location: `http://127.0.0.1:${inside.port}/` }).end();
  });
  assert.equal(await post(`http://127.0.0.1:${outside.port}/`, `127.0.0.1:${outside.port}`), 302);
  assert.equal(inside.connections(), 0);
});

test('allowed is one port of one host, or a network; the rest of the machine stays closed', async () => {
  await using server = await listener();
  await using other = await listener();
  const { port } = server;
  assert.equal(await post(`http://127.0.0.1:${port}/`, `hooks.internal:443, 127.0.0.1:${port}`), 200);
  assert.equal(await post(`http://127.0.0.1:${port}/`, '127.0.0.0/8'), 200);
  assert.equal(
    await post(`http://Hooks.Internal.:${port}/`, `hooks.internal:${port}`, async () => [LOOPBACK]),
    200,
  );
  await assert.rejects(post(`http://127.0.0.1:${other.port}/`, `127.0.0.1:${port}`), { code: 'NOT_ALLOWED' });
  await assert.rejects(
    post(`http://hooks.example/`, '10.0.0.0/8', async () => [PUBLIC]),
    {
      message: /expected https for hooks.example/,
    },
  );
  assert.equal(other.connections(), 0);
});

test('an allow list that cannot be read is a mistake of the command line, not an open door', () => {
  for (const entry of [
    'hooks.internal',
    '10.0.0.0/33',
    '10.0.0/8',
    'host:0',
    'host:70000',
    'a b:1',
    '[::g]:1',
    '*:443',
  ]) {
    assert.throws(() => parseEgressAllow(`127.0.0.1:80,${entry}`), { code: 'USAGE' }, entry);
  }
  const rules = parseEgressAllow(' fd00::/8 ,[::1]:9000,');
  assert.deepEqual(
    [
      rules.address('fd00::7'),
      rules.address('fe00::7'),
      rules.address('fd00::7%eth0'),
      rules.service('[::1]', 9000),
    ],
    [true, false, false, true],
  );
});

test('a receiver that hangs, or never stops answering, is cut off', async () => {
  await using silent = await listener(() => undefined);
  await using endless = await listener((_request, response) => {
    const timer = setInterval(() => response.write('x'.repeat(30_000)), 1);
    response.on('close', () => clearInterval(timer));
  });
  const policy = createEgressPolicy({ allow: '127.0.0.0/8' });
  const ask = ({ port }: { readonly port: number }) =>
    postEgress(policy, { url: `http://127.0.0.1:${port}/`, headers: {}, body: '' }, { timeoutMs: 200 });
  await assert.rejects(ask(silent), { code: 'UNAVAILABLE', message: 'no whole answer within 0.2 s' });
  await assert.rejects(ask(endless), { code: 'UNAVAILABLE', message: 'an answer of more than 64 kB' });
  const never = createEgressPolicy({ allow: '', lookup: () => new Promise(() => undefined) });
  await assert.rejects(
    postEgress(never, { url: 'https://hooks.example/', headers: {}, body: '' }, { timeoutMs: 50 }),
    { code: 'UNAVAILABLE' },
  );
});

test('public is what anyone may have', () => {
  for (const address of [
    '8.8.8.8',
    '1.1.1.1',
    '172.32.0.1',
    '192.0.3.1',
    '2606:4700:4700::1111',
    '2a00::1',
  ]) {
    assert.equal(isPublicAddress(address), true, address);
  }
  for (const address of [
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    'fc00::1',
    'ff02::1',
    '2001:db8::1',
    '2001::1',
    'x',
    '',
  ]) {
    assert.equal(isPublicAddress(address), false, address);
  }
});
