import { printable } from '../cli/printable.ts';
import type { Terminal } from '../cli/terminal.ts';
import type { Trace } from '../lifecycle/governance/index.ts';

/** A line of the tree and what lies below it. */
interface Branch {
  readonly name: string;
  readonly value: string;
  readonly below?: readonly Branch[];
}

/** Letters of a hash that tell it from others on a screen; `--json` has all. */
const HASH_CHARS = 12;

/** Entries shown below a branch; `--json` has all. */
const BRANCHES_MAX = 12;

/** A trace as a tree: each level is what the one above it came from. */
export function traceText(trace: Trace, { colors }: Pick<Terminal, 'colors'>): string {
  const root = predictionBranch(trace);
  const lines = [`${colors.bold(root.name)} ${printable(root.value, { oneLine: true })}`];
  const draw = (branches: readonly Branch[], indent: string): void => {
    const cut = branches.length - BRANCHES_MAX;
    const rest: Branch[] = cut > 0 ? [{ name: '', value: `and ${cut} more: --json` }] : [];
    const shown = [...branches.slice(0, BRANCHES_MAX), ...rest];
    for (const [i, { name, value, below = [] }] of shown.entries()) {
      const last = i === shown.length - 1;
      const text = printable(value, { oneLine: true });
      const head = name === '' ? '' : `${colors.dim(printable(name, { oneLine: true }))} `;
      lines.push(`${indent}${last ? '└─ ' : '├─ '}${head}${text}`);
      draw(below, `${indent}${last ? '   ' : '│  '}`);
    }
  };
  draw(root.below ?? [], '');
  return lines.join('\n');
}

function predictionBranch(trace: Trace): Branch {
  const { prediction, project } = trace;
  const { id, key, endpoint, lies, tables } = prediction;
  const answer = prediction.prediction === null ? 'no finite answer' : String(prediction.prediction);
  return {
    name: 'prediction',
    value: `${id}: ${answer}`,
    below: [
      { name: 'project', value: `${project}, endpoint ${endpoint}` },
      { name: 'event time', value: moment(prediction.eventTime) },
      ...(key === null ? [] : [{ name: 'key', value: String(key) }]),
      { name: 'lies in', value: lies.segment ?? `part ${lies.part ?? ''}, blob ${short(lies.blob)}` },
      ...tables.map(({ table, boundary }) => ({
        name: `table ${table}`,
        value: `as of ${moment(boundary)}`,
      })),
      outcomeBranch(trace),
      releaseBranch(trace),
    ],
  };
}

function outcomeBranch({ outcome }: Trace): Branch {
  if (outcome === null) return { name: 'outcome', value: 'none is sealed yet' };
  const { target, setAside, receivedAt, row } = outcome;
  const came = receivedAt === null ? '' : `, received ${moment(receivedAt)}`;
  if (setAside !== null) return { name: 'outcome', value: `set aside by the rule: ${setAside}${came}` };
  const held =
    row?.version == null ? 'in no version yet' : `${row.partition} of version ${short(row.version)}`;
  const below = row === null ? [] : [{ name: `row ${row.row}`, value: `of ${row.dataset}, ${held}` }];
  return { name: 'outcome', value: `${target ?? 'unknown'}${came}`, below };
}

function releaseBranch(trace: Trace): Branch {
  const { release, approvals, evidence, ledger } = trace;
  if (release === null) return { name: 'release', value: 'not recorded' };
  const spec = release.spec === null ? '' : `, tend.yaml ${short(release.spec)}`;
  return {
    name: 'release',
    value: `${short(release.hash)} version ${release.version}${spec}`,
    below: [
      modelBranch(trace),
      {
        name: 'approvals',
        value: String(approvals.length),
        below: approvals.map((one) => ({
          name: one.id,
          value:
            `${one.gate} ${one.state}${one.decidedBy === null ? '' : ` by ${one.decidedBy}`}, ` +
            `asked for by ${one.author}${one.own ? '' : ', for an earlier release of the same document'}`,
        })),
      },
      {
        name: 'evidence',
        value: String(evidence.length),
        below: evidence.map(({ kind, verdict, title, id }) => ({
          name: id,
          value: `${kind} ${verdict}: ${title}`,
        })),
      },
      {
        name: 'ledger',
        value: `${ledger.length} entries`,
        below: ledger.map(({ seq, action, hash }) => ({
          name: `#${seq}`,
          value: `${action} ${short(hash)}`,
        })),
      },
    ],
  };
}

function modelBranch(trace: Trace): Branch {
  const { model, run } = trace;
  if (model === null) return { name: 'model', value: 'of no registered version' };
  const { candidate } = model;
  const { window, retraining, state, reason } = candidate ?? {};
  return {
    name: 'model',
    value: `${model.name}@${model.version}, file ${short(model.file)}`,
    below: [
      ...(candidate === null
        ? []
        : [{ name: 'candidate', value: `${state}, ${window} of ${retraining}: ${reason}` }]),
      run === null ? { name: 'run', value: 'not recorded' } : runBranch(trace, run),
    ],
  };
}

function runBranch(trace: Trace, run: NonNullable<Trace['run']>): Branch {
  const ended = run.endedAt === null ? '' : `, ended ${moment(run.endedAt)}`;
  return {
    name: 'run',
    value: `${run.id}${ended}`,
    below: [
      ...(run.features === null ? [] : [{ name: 'features', value: short(run.features) }]),
      dataBranch(trace),
    ],
  };
}

function dataBranch({ data }: Trace): Branch {
  if (data === null) return { name: 'data', value: 'not recorded' };
  const { source } = data;
  return {
    name: 'data',
    value: `${data.dataset} ${short(data.hash)}, ${data.rows.toLocaleString('en')} rows`,
    below: [
      ...data.partitions.map(({ name, rows, blob, setAside }) => ({
        name,
        value:
          setAside === null
            ? `${rows.toLocaleString('en')} rows, blob ${short(blob)}`
            : `set aside: ${setAside}`,
      })),
      {
        name: 'source file',
        value: source === null ? 'not recorded' : `${source.uri}, sha256 ${source.hash ?? 'not recorded'}`,
      },
    ],
  };
}

function moment(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString().replace('.000Z', 'Z');
}

function short(hash: string | null): string {
  return hash === null ? 'not recorded' : hash.slice(0, HASH_CHARS);
}
