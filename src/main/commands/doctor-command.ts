import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { defineCommand } from '../../cli/command.ts';
import { documentMistakes } from '../../project/document/read-document.ts';
import { readFolderOwner } from '../../store/lock.ts';
import { type Config, readConfig } from '../config.ts';
import { readSpec, SPEC_FILE } from './read-source.ts';

interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** Less room than this and the next data version may not fit. */
const FREE_BYTES_MIN = 1024 ** 3;

/** `tend doctor`: what is wrong with this machine, folder or file, and what to do. Changes nothing. */
export const doctorCommand = defineCommand({
  name: 'doctor',
  summary: 'Checks runtime, folder, ports and tend.yaml, and says what to do',
  examples: ['tend doctor'],
  arguments: [],
  options: [],
  load: async () => async (call) => {
    const dir = call.global.dir === undefined ? {} : { dir: call.global.dir };
    const config = readConfig(process.env, process.cwd(), dir);
    const findings = [...runtime(), folder(config), room(config), spec(config), ...(await ports(config))];
    const failed = findings.filter((finding) => !finding.ok);
    const text = findings
      .map(({ check, ok, detail }) => `${ok ? 'ok  ' : 'FAIL'} ${check}: ${detail}`)
      .join('\n');
    return { data: { findings }, text, exitCode: failed.length === 0 ? 0 : 1 };
  },
});

function runtime(): Finding[] {
  const { node, sqlite } = process.versions;
  const [major = 0, minor = 0, patch = 0] = (sqlite ?? '0').split('.').map(Number);
  const recent = major > 3 || (major === 3 && (minor > 51 || (minor === 51 && patch >= 3)));
  return [
    { check: 'Node', ok: Number(node.split('.')[0]) >= 26, detail: `${node}, 26 or later is needed` },
    { check: 'SQLite', ok: recent, detail: `${sqlite ?? 'none'}, 3.51.3 or later is needed` },
  ];
}

function folder({ stateDir }: Config): Finding {
  const present = existsSync(stateDir);
  const owner = present ? readFolderOwner(stateDir) : undefined;
  try {
    accessSync(present ? stateDir : dirname(stateDir), constants.W_OK);
  } catch {
    return {
      check: 'state folder',
      ok: false,
      detail: `${stateDir} cannot be written: change its mode or use --dir`,
    };
  }
  const said = typeof owner?.url === 'string' ? `, last owned by ${owner.url}` : '';
  return {
    check: 'state folder',
    ok: true,
    detail: present ? `${stateDir}${said}` : `${stateDir} will be made`,
  };
}

function room({ stateDir }: Config): Finding {
  const at = existsSync(stateDir) ? stateDir : dirname(stateDir);
  const { bavail, bsize } = statfsSync(at);
  const free = bavail * bsize;
  const gib = (bytes: number): number => bytes / 1024 ** 3;
  const detail = `${gib(free).toFixed(1)} GiB free, ${gib(FREE_BYTES_MIN)} GiB is comfortable`;
  return { check: 'room on disk', ok: free >= FREE_BYTES_MIN, detail };
}

function spec({ projectDir }: Config): Finding {
  if (!existsSync(join(projectDir, SPEC_FILE))) {
    return { check: SPEC_FILE, ok: true, detail: 'none here; `tend init` writes one' };
  }
  const mistakes = documentMistakes(readSpec(projectDir));
  const detail =
    mistakes.length === 0
      ? 'valid'
      : `${mistakes.length} mistake${mistakes.length === 1 ? '' : 's'}, see \`tend validate\``;
  return { check: SPEC_FILE, ok: mistakes.length === 0, detail };
}

async function ports({ host, port, servePort }: Config): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const [what, number] of [
    ['control plane', port],
    ['data plane', servePort],
  ] as const) {
    const free = await isFree(host, number);
    const detail = free
      ? `port ${number} is free`
      : `port ${number} is in use: Tend itself, or choose another`;
    found.push({ check: what, ok: true, detail });
  }
  return found;
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, host, () => probe.close(() => resolve(true)));
  });
}
