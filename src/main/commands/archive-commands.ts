import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { type CommandCall, type CommandResult, defineCommand } from '../../cli/command.ts';
import { printable } from '../../cli/printable.ts';
import {
  checkArchive,
  type CheckReport,
  isAlike,
  openArchive,
  type OpenArchive,
  restoreArchive,
} from '../../lifecycle/decommissioning/index.ts';
import { statePlanes } from '../plane-launcher.ts';
import { fileFault } from './file-fault.ts';

/** `tend archive restore`: an archive back into a folder, or proved to answer as it did. */
export const archiveRestoreCommand = defineCommand({
  name: 'archive restore',
  summary: 'Verifies an archive and restores it, or checks that it answers as it did; needs the file alone',
  examples: ['tend archive restore flight-delay-1.tend.tar --check'],
  arguments: [{ name: 'file', description: 'What `archive save` wrote.', required: true }],
  options: [
    {
      flag: 'check',
      type: 'boolean',
      description:
        'Serve it and ask it every logged prediction again; restores nothing unless --out is given.',
    },
    { flag: 'out', type: 'string', description: 'Empty or new folder; the base name of the file if absent.' },
  ],
  load: async () => restore,
});

/** `tend archive save`: the file of an archive, to be kept somewhere else. */
export const archiveSaveCommand = defineCommand({
  name: 'archive save',
  summary: 'Writes the file of an archive, to be kept elsewhere',
  examples: ['tend archive save arc_01ht --out flight-delay-1.tend.tar'],
  arguments: [{ name: 'id', description: 'Id of the archive; `archive list` names them.', required: true }],
  options: [
    { flag: 'out', type: 'string', description: 'File to write; it must not be there.', required: true },
  ],
  load: async () => save,
});

async function restore(call: CommandCall): Promise<CommandResult> {
  const file = resolve(String(call.arguments.file));
  const { check: checked, out } = call.options;
  await using archive = await openArchive(file);
  const report = checked === true ? await check(archive, call.signal) : null;
  const dir = typeof out === 'string' ? resolve(out) : checked === true ? null : resolve(folderName(file));
  const restored = dir === null ? null : { dir, ...(await restoreArchive(archive, dir)) };
  const { subject, kind } = archive.manifest;
  const lines = [
    `${kind} ${printable(subject)}: ${archive.manifest.files.length} files verified, sha256 ${archive.hash}`,
    ...(report === null ? [] : checkLines(report)),
    ...(restored === null ? [] : [`restored to ${restored.dir}; \`tend serve ${basename(file)}\` serves it`]),
  ];
  return {
    data: {
      hash: archive.hash,
      kind,
      subject,
      files: archive.manifest.files.length,
      check: report,
      restored,
    },
    text: lines.join('\n'),
    exitCode: report === null || isAlike(report) ? 0 : 1,
  };
}

/** Serves the archive from a folder of its own, which is gone afterwards. */
async function check(archive: OpenArchive, signal: AbortSignal): Promise<CheckReport> {
  const workDir = await mkdtemp(join(tmpdir(), 'tend-restore-'));
  const planes = statePlanes({ stateDir: workDir, host: '127.0.0.1', port: 0, lasting: false });
  try {
    return await checkArchive(archive, { workDir, launch: planes.launchTemporary, signal });
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

function checkLines({ releases }: CheckReport): string[] {
  return releases.map(({ version, predictions, alike, first }) => {
    const counts = `${alike} of ${predictions} logged predictions answered alike`;
    const said = `version ${printable(version)}: ${counts}`;
    return first === null ? said : `${said}; ${printable(first)}`;
  });
}

function folderName(file: string): string {
  const name = basename(file).replace(/(?:\.tend)?\.tar$/, '');
  return name === basename(file) ? `${name}.restored` : name;
}

async function save(call: CommandCall): Promise<CommandResult> {
  const out = String(call.options.out);
  const invoker = await call.invoker();
  const file = await open(out, 'wx', 0o600).catch((fault: unknown) =>
    Promise.reject(fileFault(`write ${out}`, fault)),
  );
  let sizeBytes = 0;
  let writing: Promise<unknown> = Promise.resolve();
  try {
    await invoker.invoke(
      'archives.read',
      { id: String(call.arguments.id) },
      {
        signal: call.signal,
        onItem: (item) => {
          const piece = Buffer.from((item as { base64: string }).base64, 'base64');
          sizeBytes += piece.length;
          writing = writing.then(() => file.writeFile(piece));
          writing.catch(() => undefined);
        },
      },
    );
    await writing;
    await file.sync();
    await file.close();
  } catch (fault) {
    await file.close();
    await rm(out, { force: true });
    throw fileFault(`write ${out}`, fault);
  }
  await using archive = await openArchive(resolve(out));
  return {
    data: { out, sizeBytes, hash: archive.hash },
    text: `${sizeBytes} bytes written to ${out}, sha256 ${archive.hash}`,
  };
}
