import { z } from 'zod';
import { canonicalJson, hashJson } from '../kernel/hash.ts';
import type { BrokenLine } from './ledger-lines.ts';

/** Stands in the header of an export. */
export const LEDGER_FORMAT = 'tend.ledger/v1';

/** Last hash and number of entries of each chain. */
export type LedgerHeads = Readonly<Record<string, { readonly hash: string; readonly length: number }>>;

/** Whether an export holds; if not, the first entry that does not and why. */
export type LedgerCheck =
  | { readonly ok: true; readonly entries: number; readonly heads: LedgerHeads }
  | {
      readonly ok: false;
      /** From 1, the header being line 1; one past the last where something is missing at the end. */
      readonly line: number;
      /** Null when the line does not say. */
      readonly chain: string | null;
      readonly seq: number | null;
      readonly reason: string;
    };

const heads = z.record(z.string(), z.strictObject({ hash: z.string(), length: z.int().min(0) }));
const header = z.strictObject({ format: z.literal(LEDGER_FORMAT), chains: heads });
const entry = z.strictObject({
  chain: z.string(),
  seq: z.int().min(1),
  at: z.int(),
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  body: z.json(),
  prev: z.string(),
  hash: z.string(),
});

type Failure = Extract<LedgerCheck, { readonly ok: false }>;

/**
 * Checks an exported ledger: every line is spelt canonically, every hash is that of its entry, every entry
 * follows the one before it in its chain, chains stand one after another, and each ends where the header
 * says. Needs nothing but the lines.
 *
 * Whoever can rewrite the file can rewrite all of it. A cut or forked tail is found only against heads that
 * were kept elsewhere: give them as `expected`; a chain may have grown beyond them. `kept`: hashes of heads
 * of which nothing else was noted; each must be the hash of an entry.
 */
export async function verifyLedger(
  lines: Iterable<string | BrokenLine> | AsyncIterable<string | BrokenLine>,
  expected: LedgerHeads = {},
  kept: readonly string[] = [],
): Promise<LedgerCheck> {
  const state: State = {
    declared: undefined,
    current: undefined,
    heads: new Map(),
    expected,
    missing: new Set(kept),
    entries: 0,
  };
  let line = 0;
  for await (const text of lines) {
    line++;
    const reason = readLine(state, line, text);
    if (reason !== undefined) return { ok: false, line, ...reason };
  }
  const missing = checkEnds(state);
  if (missing !== undefined) return { ok: false, line: line + 1, ...missing };
  return { ok: true, entries: state.entries, heads: Object.fromEntries(state.heads) };
}

interface State {
  declared: LedgerHeads | undefined;
  /** Chain of the entry before. */
  current: string | undefined;
  readonly heads: Map<string, { readonly hash: string; readonly length: number }>;
  readonly expected: LedgerHeads;
  /** Kept hashes that no entry had so far. */
  readonly missing: Set<string>;
  entries: number;
}

type Reason = Pick<Failure, 'chain' | 'seq' | 'reason'>;

const GENESIS = { hash: '0'.repeat(64), length: 0 } as const;

function readLine(state: State, line: number, text: string | BrokenLine): Reason | undefined {
  if (typeof text !== 'string') return { chain: null, seq: null, reason: text.broken };
  return line === 1 ? readHeader(state, text) : readEntry(state, text);
}

function readHeader(state: State, text: string): Reason | undefined {
  const value = header.safeParse(parse(text));
  if (!value.success || canonicalJson(value.data) !== text) {
    return { chain: null, seq: null, reason: `the first line is not a header of ${LEDGER_FORMAT}` };
  }
  state.declared = value.data.chains;
  return undefined;
}

function readEntry(state: State, text: string): Reason | undefined {
  const parsed = entry.safeParse(parse(text));
  if (!parsed.success) return { chain: null, seq: null, reason: 'the line is not an entry' };
  const { hash, ...content } = parsed.data;
  const { chain, seq, prev } = content;
  const fails = (reason: string): Reason => ({ chain, seq, reason });
  if (canonicalJson(parsed.data) !== text) return fails('the line is not spelt canonically');
  if (hashJson(content) !== hash) return fails('the content does not have the hash that the entry gives');
  const head = state.heads.get(chain) ?? GENESIS;
  if (chain !== state.current) {
    const open = unfinishedBefore(state, chain);
    if (open !== undefined) return fails(`entries of ${open} should stand here`);
    state.current = chain;
  }
  if (seq !== head.length + 1) return fails(`entry ${head.length + 1} of the chain should stand here`);
  if (prev !== head.hash) return fails('it does not follow from the entry before it');
  const expected = state.expected[chain];
  if (expected?.length === seq && expected.hash !== hash) return fails('it is not the head that was kept');
  state.heads.set(chain, { hash, length: seq });
  state.missing.delete(hash);
  state.entries++;
  return undefined;
}

/** Chains stand one after another, in the order of their names, each of them whole. */
function unfinishedBefore(state: State, chain: string): string | undefined {
  const { declared = {}, heads: found } = state;
  return Object.keys(declared).find(
    (name) => name < chain && (found.get(name)?.length ?? 0) < (declared[name]?.length ?? 0),
  );
}

function checkEnds(state: State): Reason | undefined {
  if (state.declared === undefined) return { chain: null, seq: null, reason: 'there is no header' };
  for (const chains of [state.declared, state.expected]) {
    for (const [chain, { length }] of Object.entries(chains)) {
      const found = state.heads.get(chain) ?? GENESIS;
      if (found.length < length) {
        return { chain, seq: found.length + 1, reason: `the chain should have ${length} entries` };
      }
    }
  }
  for (const chain of new Set([...state.heads.keys(), ...Object.keys(state.declared)])) {
    const head = state.heads.get(chain) ?? GENESIS;
    const declared = state.declared[chain];
    if (declared?.length !== head.length || declared.hash !== head.hash) {
      return {
        chain,
        seq: (declared?.length ?? 0) + 1,
        reason: 'the chain does not end where the header says',
      };
    }
  }
  const [absent] = state.missing;
  if (absent === undefined) return undefined;
  return {
    chain: null,
    seq: null,
    reason: `no entry has the hash ${absent}: what ended with it was cut or rewritten`,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
