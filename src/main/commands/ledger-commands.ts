import { existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { defineCommand } from '../../cli/command.ts';
import { printable } from '../../cli/printable.ts';
import { TendError } from '../../kernel/error.ts';
import { ledgerLines } from '../../store/ledger-lines.ts';
import { type LedgerHeads, verifyLedger } from '../../store/ledger-verify.ts';
import { fileFault } from './file-fault.ts';

/** `tend ledger export`: every state change as lines that anyone can verify without the server. */
export const ledgerExportCommand = defineCommand({
  name: 'ledger export',
  summary: 'Writes the ledger as JSON lines that can be verified without the server',
  examples: ['tend ledger export --out ledger.jsonl'],
  arguments: [],
  options: [{ flag: 'out', type: 'string', description: 'File to write.', required: true }],
  load: async () => async (call) => {
    const out = String(call.options.out);
    const invoker = await call.invoker();
    const file = (await openFile(out, 'w')).createWriteStream();
    const written = finished(file);
    // Waited for below; until then a full disk must not be an unhandled rejection.
    written.catch(() => undefined);
    let lines = 0;
    await invoker.invoke(
      'ledger.export',
      {},
      {
        signal: call.signal,
        onItem: (item) => {
          file.write(`${(item as { line: string }).line}\n`);
          lines += 1;
        },
      },
    );
    file.end();
    await written.catch((fault: unknown) => Promise.reject(fileFault(`write ${out}`, fault)));
    return {
      data: { out, entries: Math.max(0, lines - 1) },
      text: `${Math.max(0, lines - 1)} entries written to ${out}`,
    };
  },
});

/** `tend ledger verify`: needs no server and no folder when it is given a file. */
export const ledgerVerifyCommand = defineCommand({
  name: 'ledger verify',
  summary: 'Verifies an exported ledger, or the one of the folder; names the first entry that does not hold',
  examples: ['tend ledger verify ledger.jsonl', 'tend ledger verify ledger.jsonl --head 5f0c…'],
  arguments: [
    { name: 'file', description: 'What `ledger export` wrote; the folder if absent.', required: false },
  ],
  options: [
    {
      flag: 'head',
      type: 'string',
      list: true,
      description: 'Hash of a head that was noted elsewhere; without one, whoever made the file can cut it.',
    },
  ],
  load: async () => async (call) => {
    const { file } = call.arguments;
    const kept = keptHeads(call.options.head);
    const check = typeof file === 'string' ? await verifyFile(file, kept) : await verifyOwn(call, kept);
    if (check.ok) {
      return { data: check, text: [`${check.entries} entries hold`, ...headLines(check.heads)].join('\n') };
    }
    const where =
      check.chain === null
        ? `line ${check.line}`
        : `line ${check.line} (${check.chain}, entry ${check.seq ?? '?'})`;
    throw new TendError('STATE_UNREADABLE', `the ledger does not hold at ${where}: ${check.reason}`, {
      hint: 'Compare with an earlier export, or restore a backup.',
    });
  },
});

function keptHeads(given: unknown): readonly string[] {
  const hashes = Array.isArray(given) ? given.map(String) : [];
  for (const hash of hashes) {
    if (!/^[0-9a-f]{64}$/.test(hash)) {
      throw new TendError('USAGE', `--head is the 64 hexadecimal digits of a hash, not ${hash}`);
    }
  }
  return hashes;
}

/** What to note outside, so that a cut end is found one day. */
function headLines(heads: LedgerHeads): string[] {
  return Object.entries(heads).map(
    ([chain, { hash, length }]) => `head of ${printable(chain)}: ${hash} (${length} entries)`,
  );
}

async function verifyFile(file: string, kept: readonly string[]) {
  if (!existsSync(file)) {
    const hint = '`tend ledger export --out FILE` writes one.';
    throw new TendError('NOT_FOUND', `there is no file ${file}`, { hint });
  }
  const handle = await openFile(file, 'r');
  try {
    return await verifyLedger(ledgerLines(handle.createReadStream({ autoClose: false })), {}, kept);
  } catch (fault) {
    throw fileFault(`read ${file}`, fault);
  } finally {
    await handle.close();
  }
}

/** Whoever holds the ledger may read it; an export is for its owner alone. */
async function openFile(path: string, flags: 'r' | 'w'): Promise<FileHandle> {
  try {
    return await open(path, flags, 0o600);
  } catch (fault) {
    throw fileFault(`${flags === 'r' ? 'read' : 'write'} ${path}`, fault);
  }
}

async function verifyOwn(
  call: Parameters<Awaited<ReturnType<typeof ledgerExportCommand.load>>>[0],
  kept: readonly string[],
) {
  const lines: string[] = [];
  const invoker = await call.invoker();
  await invoker.invoke(
    'ledger.export',
    {},
    {
      signal: call.signal,
      onItem: (item) => lines.push((item as { line: string }).line),
    },
  );
  return verifyLedger(lines, {}, kept);
}
