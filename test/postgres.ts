import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';

/** A private PostgreSQL of a test, reached through a socket in its own temporary folder. */
export interface TestPostgres extends AsyncDisposable {
  /** Folder of the server's programs: `pg_dump` and others. */
  readonly binDir: string;
  readonly version: string;
  /**
   * The URL of a new database: empty, or a copy of another one of this server that nobody is connected to.
   */
  readonly createDatabase: (copyOf?: string) => Promise<string>;
  /** Runs one statement as the superuser, outside of any pool under test. */
  readonly admin: (sql: string) => Promise<void>;
  readonly pid: number;
}

const INSTALLED = '/usr/lib/postgresql';

/**
 * Starts a server and resolves when it takes connections; dispose of it to stop it and remove its data. It
 * dies with this process, however that dies. `durable: false` leaves out every fsync, which no test of logic
 * needs.
 */
export async function startPostgres(
  options: { readonly durable: boolean } = { durable: false },
): Promise<TestPostgres> {
  const binDir = findBinaries();
  const dir = mkdtempSync(join(tmpdir(), 'tend-postgres-'));
  const user = serverUser();
  if (user !== undefined) chownSync(dir, user.uid, user.gid);
  const data = join(dir, 'data');
  const asUser = user === undefined ? [] : [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'];
  const command = (program: string, args: readonly string[]): [string, string[]] => [
    'setpriv',
    [...asUser, '--pdeathsig=KILL', '--', join(binDir, program), ...args],
  ];
  const [init, initArgs] = command('initdb', [
    '-D',
    data,
    '-U',
    'tend',
    '-A',
    'trust',
    '-E',
    'UTF8',
    '--no-locale',
    '-N',
  ]);
  execFileSync(init, initArgs, { stdio: ['ignore', 'ignore', 'pipe'], cwd: dir });
  const sync = options.durable ? 'on' : 'off';
  const settings = [
    'listen_addresses=',
    `unix_socket_directories=${dir}`,
    `fsync=${sync}`,
    'max_connections=50',
  ];
  const [start, startArgs] = command('postgres', [
    '-D',
    data,
    ...settings.flatMap((setting) => ['-c', setting]),
  ]);
  const server = spawn(start, startArgs, { stdio: ['ignore', 'ignore', 'pipe'], cwd: dir });
  await ready(server);
  return running(server, binDir, dir);
}

async function running(server: ChildProcess, binDir: string, dir: string): Promise<TestPostgres> {
  const url = (database: string): string =>
    `postgres:///${database}?user=tend&host=${encodeURIComponent(dir)}`;
  const admin = async (sql: string) => {
    const client = new Client({ connectionString: url('postgres') });
    await client.connect();
    try {
      return await client.query(sql);
    } finally {
      await client.end();
    }
  };
  const version = String((await admin('show server_version')).rows[0]?.server_version);
  let databases = 0;
  return {
    binDir,
    version,
    pid: server.pid ?? 0,
    admin: async (sql) => {
      await admin(sql);
    },
    createDatabase: async (copyOf) => {
      const name = `test_${++databases}`;
      const template = copyOf === undefined ? '' : ` template ${new URL(copyOf).pathname.slice(1)}`;
      await admin(`create database ${name}${template}`);
      return url(name);
    },
    [Symbol.asyncDispose]: async () => {
      const exited =
        server.exitCode === null && server.signalCode === null ? once(server, 'exit') : undefined;
      // Fast shutdown: connections are cut, the data is left consistent.
      server.kill('SIGINT');
      await exited;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function findBinaries(): string {
  const versions = existsSync(INSTALLED) ? readdirSync(INSTALLED).filter((name) => /^\d+$/.test(name)) : [];
  const found = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(INSTALLED, version, 'bin'))
    .find((bin) => existsSync(join(bin, 'postgres')) && existsSync(join(bin, 'initdb')));
  if (found === undefined) {
    throw new Error(`PostgreSQL is not installed below ${INSTALLED}; on Debian: apt-get install postgresql`);
  }
  return found;
}

/** PostgreSQL refuses to run as root; the Debian package brings a user for it. */
function serverUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

async function ready(server: ChildProcess): Promise<void> {
  const stderr = server.stderr;
  if (stderr === null) throw new Error('the server was started without a pipe for its log');
  const log: string[] = [];
  const lines = createInterface({ input: stderr });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`PostgreSQL ended with ${code}:\n${log.join('\n')}`)));
    lines.on('line', (line) => {
      log.push(line);
      if (log.length > 50) log.shift();
      if (line.includes('ready to accept connections')) resolve();
    });
  });
}
