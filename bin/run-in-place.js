import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { constants } from 'node:os';

const FORWARDED = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Runs a program in the place of this one: same terminal, same signals, and this process ends as the program
 * ends, with its exit code or by its signal. `dieWithUs`: the program also ends when this process is killed
 * outright (it must call `dieWithLauncher`), so that `kill -9` on the launcher leaves no server behind.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ readonly dieWithUs?: boolean, readonly cwd?: string }} [options]
 */
export function runInPlace(command, args, options = {}) {
  const child = spawn(command, args, {
    cwd: options.cwd,
    stdio: options.dieWithUs ? ['inherit', 'inherit', 'inherit', 'pipe'] : 'inherit',
    env: options.dieWithUs ? { ...process.env, TEND_LAUNCHER_FD: '3' } : process.env,
  });
  // A terminal sends Ctrl-C to both processes by itself; a second one would mean "at once" to the program.
  const atTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  for (const signal of FORWARDED) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !atTerminal) child.kill(signal);
    });
  }
  child.on('error', (error) => {
    process.stderr.write(`could not start ${command}: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const forwarded of FORWARDED) process.removeAllListeners(forwarded);
    process.kill(process.pid, signal);
    // A signal that this process cannot die of (its default is to be ignored) still has to end it.
    setTimeout(() => process.exit(128 + constants.signals[signal]), 100);
  });
}

/** The other half of `dieWithUs`: the pipe from the launcher ends only when the launcher is gone. */
export function dieWithLauncher() {
  const fd = Number(process.env.TEND_LAUNCHER_FD);
  delete process.env.TEND_LAUNCHER_FD;
  const pipe = new Socket({ fd, readable: true, writable: false });
  pipe.on('error', () => {});
  pipe.on('close', () => process.kill(process.pid, 'SIGKILL'));
  pipe.resume().unref();
}
