import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { defineCommand } from '../../cli/command.ts';
import { TendError } from '../../kernel/error.ts';
import { verifyLedger } from '../../store/ledger-verify.ts';

/** `tend ledger export`: every state change as lines that anyone can verify without the server. */
export const ledgerExportCommand = defineCommand({
  name: 'ledger export',
  summary: 'Writes the ledger as JSON lines that can be verified without the server',
  examples: ['tend ledger export --out ledger.jsonl'],
  arguments: [],
  options: [{ flag: 'out', type: 'string', description: 'File to write.', required: true }],
  load: async () => async (call) => {
    const out = String(call.options.out);
    const file = createWriteStream(out, { mode: 0o600 });
    let lines = 0;
    const invoker = await call.invoker();
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
    await once(file, 'finish');
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
  examples: ['tend ledger verify ledger.jsonl'],
  arguments: [
    { name: 'file', description: 'What `ledger export` wrote; the folder if absent.', required: false },
  ],
  options: [],
  load: async () => async (call) => {
    const { file } = call.arguments;
    const check = typeof file === 'string' ? await verifyFile(file) : await verifyOwn(call);
    if (check.ok) {
      return { data: check, text: `${check.entries} entries hold` };
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

async function verifyFile(file: string) {
  if (!existsSync(file)) throw new TendError('NOT_FOUND', `there is no file ${file}`);
  return verifyLedger(
    createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY }),
  );
}

async function verifyOwn(call: Parameters<Awaited<ReturnType<typeof ledgerExportCommand.load>>>[0]) {
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
  return verifyLedger(lines);
}
