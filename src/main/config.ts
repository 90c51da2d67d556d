import { readFileSync } from 'node:fs';
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
  readonly adminUser: string | undefined;
  readonly adminPassword: string | undefined;
}

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
  return {
    stateDir: resolve(cwd, flags.dir ?? filled(environment.TEND_DIR) ?? '.tend'),
    projectDir: cwd,
    host: flags.host ?? filled(environment.TEND_HOST) ?? '127.0.0.1',
    port: flags.port ?? portOf(environment, 'TEND_PORT') ?? PORT_DEFAULT,
    servePort: flags.servePort ?? portOf(environment, 'TEND_SERVE_PORT') ?? SERVE_PORT_DEFAULT,
    url: filled(environment.TEND_URL),
    token: filled(environment.TEND_TOKEN),
    databaseUrl: filled(environment.TEND_DATABASE_URL),
    adminUser: filled(environment.TEND_ADMIN_USER),
    adminPassword: adminPassword(environment),
  };
}

/** An empty variable is one that is not set. */
function filled(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}

function portOf(environment: Environment, name: string): number | undefined {
  const text = filled(environment[name]);
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new TendError('USAGE', `${name}: expected a port from 0 to 65535, came ${text}`);
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
