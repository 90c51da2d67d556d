import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// The flagship from an empty state folder to its waiting approval: wall time, CPU time of all processes, and
// where the time goes by stage. Run as a user runs it, in a folder of its own.

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TEND = join(ROOT, 'bin/tend.js');
const RUNS = 3;

for (let run = 1; run <= RUNS; run++) {
  // Inside the checkout, so that the data set is found where npm put it.
  mkdirSync(join(ROOT, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.cache/bench-example-'));
  cpSync(join(ROOT, 'examples/flights'), folder, {
    recursive: true,
    filter: (path) => !path.includes('/.tend') && !path.endsWith('.ts'),
  });
  await measure(run, folder);
  rmSync(folder, { recursive: true, force: true });
}

async function measure(run: number, folder: string): Promise<void> {
  const started = performance.now();
  const child = spawn(process.execPath, [TEND, 'apply', '--yes'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const marks: string[] = [];
  let last = started;
  let rest = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split(/[\n\r]/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const stage = /^(problem|data|training|evaluation|testing|deployment) +(pass|fail|waiting)/.exec(
        line,
      )?.[1];
      if (stage === undefined) continue;
      const now = performance.now();
      marks.push(`${stage} ${((now - last) / 1000).toFixed(1)} s`);
      last = now;
    }
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  const wall = (performance.now() - started) / 1000;
  console.log(`run ${run}: exit ${code}, ${wall.toFixed(1)} s wall (${marks.join(', ')})`);
}
