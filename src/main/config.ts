import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { TendError } from '../kernel/error.ts';

/** What the environment and the global flags say. Read once; nothing else reads the environment. */
export interface Config {
  /** The state folder: `.tend` beside tend.yaml unless `--dir` or TEND_DIR says otherwise. */
  readonly stateDir: string;
  /** Folder of tend.yaml: where the command was started. */
  readonly projectDir: string;
  readonly host: string;
  readonly port: number;
  readonly servePort: number;
  /** A server to talk to instead of working on the folder. */
  readonly url: string | undefined;
  readonly token: string | undefined;
  readonly databaseUrl: string | undefined;
  /** Private or loopback addresses that webhooks may reach: `host:port,cidr,…`. */
  readonly egressAllow: string;
  readonly adminUser: string | undefined;
  readonly adminPassword: string | undefined;
}

/** Environment variables, as the process was given them. */
export type Environment = Readonly<Record<string, string | undefined>>;

const PORT_DEFAULT = 4600;
const SERVE_PORT_DEFAULT = 4610;

/** Flags win over the environment, the environment over defaults. @throws USAGE naming the variable. */
export function readConfig(
  environment: Environment,
  cwd: string,
  flags: {
    readonly dir?: string;
    readonly host?: string;
    readonly port?: number;
    readonly servePort?: number;
  } = {},
): Config {
  const password = adminPassword(environment);
  const user = filled(environment.TEND_ADMIN_USER);
  if ((user === undefined) !== (password === undefined)) throw halfAccount(user !== undefined);
  return {
    stateDir: folderOf(resolve(cwd, flags.dir ?? filled(environment.TEND_DIR) ?? '.tend')),
    projectDir: cwd,
    host: flags.host ?? filled(environment.TEND_HOST) ?? '127.0.0.1',
    port: portFlag('--port', flags.port) ?? portOf(environment, 'TEND_PORT') ?? PORT_DEFAULT,
    servePort:
      portFlag('--serve-port', flags.servePort) ??
      portOf(environment, 'TEND_SERVE_PORT') ??
      SERVE_PORT_DEFAULT,
    url: filled(environment.TEND_URL),
    token: filled(environment.TEND_TOKEN),
    databaseUrl: filled(environment.TEND_DATABASE_URL),
    egressAllow: filled(environment.TEND_EGRESS_ALLOW) ?? '',
    adminUser: user,
    adminPassword: password,
  };
}

/** Ignored, half of an account would leave a server open that its owner believes closed. */
function halfAccount(named: boolean): TendError {
  const [there, missing] = named
    ? ['TEND_ADMIN_USER', 'TEND_ADMIN_PASSWORD (or TEND_ADMIN_PASSWORD_FILE)']
    : ['TEND_ADMIN_PASSWORD', 'TEND_ADMIN_USER'];
  return new TendError('USAGE', `${there} is set and ${missing} is not: the first account needs both`, {
    hint: `Set ${missing} too, or neither.`,
  });
}

/** An empty variable is one that is not set. */
function filled(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}

function portOf(environment: Environment, name: string): number | undefined {
  const text = filled(environment[name]);
  if (text === undefined) return undefined;
  return portFlag(name, Number(text), text);
}

function portFlag(name: string, port: number | undefined, text = String(port)): number | undefined {
  if (port === undefined || (Number.isInteger(port) && port >= 0 && port <= 65_535)) return port;
  throw new TendError('USAGE', `${name}: expected a port from 0 to 65535, came ${text}`, {
    hint: 'Name another port, or 0 for any free one.',
  });
}

/** A file where the state should be is a slip of the command line, found before anything is opened. */
function folderOf(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== false) return path;
  throw new TendError('USAGE', `expected a folder for the state, ${path} is a file`, {
    hint: 'Name a folder with --dir or TEND_DIR; it is made if it is not there.',
  });
}

function adminPassword(environment: Environment): string | undefined {
  const file = filled(environment.TEND_ADMIN_PASSWORD_FILE);
  if (file === undefined) return filled(environment.TEND_ADMIN_PASSWORD);
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw new TendError('USAGE', `TEND_ADMIN_PASSWORD_FILE: cannot read ${file}`, { cause });
  }
}
