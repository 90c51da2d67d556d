import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';

// Trees of ours beside LightGBM's on one thread: the same float32 rows in memory, the same settings (100
// rounds, 31 leaves, learning rate 0.1, 20 rows a leaf, 255 bins), each run a process of its own, the two in
// turn, the least of the runs told. Time is from the arrays to the model, binning included. Working memory is
// by how much the process's peak rises while it trains. CPU seconds are the figure to trust on a busy
// machine; Node's include its compiler and collector threads.

const ROOT = join(import.meta.dirname, '../..');
const PYTHON = join(ROOT, '.venv/bin/python');
const PEER = join(import.meta.dirname, 'peer.py');
const FLIGHTS = join(ROOT, 'node_modules/vega-datasets/data/flights-3m.parquet');
const AUC_MARGIN = 0.003;
const TIME_RATIO_MAX = 1.2;

interface Run {
  readonly version: string;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly workingBytes: number;
}

function run(command: string, ...args: readonly string[]): unknown {
  const env = { ...process.env, OMP_NUM_THREADS: '1', PYTHONWARNINGS: 'ignore' };
  const output = execFileSync(command, args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'inherit'] });
  return output.trim() === '' ? null : JSON.parse(output.trim().split('\n').at(-1) ?? '');
}

/** The least of each figure over the runs. */
function least(runs: readonly Run[]): Run {
  const of = (pick: (run: Run) => number): number => Math.min(...runs.map(pick));
  return {
    version: runs[0]?.version ?? '',
    wallSeconds: of((one) => one.wallSeconds),
    cpuSeconds: of((one) => one.cpuSeconds),
    workingBytes: of((one) => one.workingBytes),
  };
}

function line(name: string, { wallSeconds, cpuSeconds, workingBytes }: Run, auc: number): string {
  const wall = `wall ${wallSeconds.toFixed(2)} s`;
  const cpu = `CPU ${cpuSeconds.toFixed(2)} s`;
  const memory = `working memory ${(workingBytes / 2 ** 20).toFixed(0)} MB`;
  return `  ${name.padEnd(18)} ${[wall, cpu, memory, `AUC ${auc.toFixed(5)}`].join('   ')}`;
}

/** True when both aims are met. */
function compare(dataset: string, folder: string, repeats: number): boolean {
  const tend: Run[] = [];
  const lightgbm: Run[] = [];
  for (let i = 0; i < repeats; i++) {
    tend.push(run(process.execPath, join(import.meta.dirname, 'train-tend.ts'), folder) as Run);
    lightgbm.push(run(PYTHON, PEER, 'train', folder) as Run);
  }
  const [ours, theirs] = [least(tend), least(lightgbm)];
  const auc = run(PYTHON, PEER, 'score', folder) as { readonly tend: number; readonly lightgbm: number };
  const ratio = ours.cpuSeconds / theirs.cpuSeconds;
  const dataMb = (statSync(join(folder, 'x.bin')).size / 2 ** 20).toFixed(0);
  console.log(`\n${dataset}: ${dataMb} MB of float32 features, least of ${repeats} runs`);
  console.log(line(`Tend, ${ours.version}`, ours, auc.tend));
  console.log(line(theirs.version, theirs, auc.lightgbm));
  const wallRatio = ours.wallSeconds / theirs.wallSeconds;
  const parity = auc.tend - auc.lightgbm;
  const sign = parity >= 0 ? '+' : '';
  const ratios = `CPU ${ratio.toFixed(2)}, wall ${wallRatio.toFixed(2)}`;
  console.log(`  Tend / LightGBM: ${ratios}; AUC ${sign}${parity.toFixed(5)}`);
  return Math.abs(parity) <= AUC_MARGIN && Math.min(ratio, wallRatio) <= TIME_RATIO_MAX;
}

if (!existsSync(PYTHON)) {
  throw new Error(
    'no .venv; make it: python3 -m venv .venv && .venv/bin/pip install -r test/requirements.txt',
  );
}
console.log(`${cpus()[0]?.model.trim()}, one thread`);
const folder = mkdtempSync(join(tmpdir(), 'tend-bench-training-'));
try {
  run(PYTHON, PEER, 'prepare', 'synthetic', folder);
  const synthetic = compare('synthetic, 100,000 x 20', folder, 5);
  run(PYTHON, PEER, 'prepare', 'flights', folder, FLIGHTS);
  const flights = compare('flights, 1,250,000 x 6', folder, 2);
  const met = synthetic && flights;
  console.log(`\naim (AUC within ${AUC_MARGIN}, time within ${TIME_RATIO_MAX}x): ${met ? 'met' : 'missed'}`);
  process.exitCode = met ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
