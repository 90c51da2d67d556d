import { spawn } from 'node:child_process';
import { endLeftovers } from './end-leftovers.js';

/**
 * What is kept of a captured output: enough for any failure message, bounded for a child that never stops
 * talking.
 */
const OUTPUT_CHARS_MAX = 2_000_000;

/** How long a child may take to end in order after SIGTERM before it is killed. */
const STOP_MS = 3_000;

/** The longest that a timer can wait, 24 days. */
const NEVER_MS = 2 ** 31 - 1;

/** In the environment of every child, so that what left its process group is found too. */
const MARK = 'TEND_TOOL_CHILD';
const RUN = `${process.pid}-${Date.now()}`;
let count = 0;
/** After an interrupt nothing starts any more, and what ends has nothing to say. */
let stopping = false;

/** Marks of the running children by process group. @type {Map<number, string>} */
const groups = new Map();

/**
 * @typedef {object} ChildResult
 * @property {boolean} ok exit code 0
 * @property {number | null} code
 * @property {string} output stdout and stderr as they came; empty when inherited
 * @property {boolean} timedOut
 * @property {readonly string[]} left command lines of what it had started and left running; ended by now
 * @property {number} ms
 */

/**
 * @typedef {object} ChildOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {boolean} [show] its output goes to the terminal instead of the result
 * @property {number} [timeoutMs] after which it is killed
 */

/**
 * Runs a program to its end. It is the head of its own process group, so that whatever it started goes with
 * it, when it ends and when this process does. Never rejects: a program that cannot be started is a result
 * too.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {ChildOptions} [options]
 * @returns {Promise<ChildResult>}
 */
export function runChild(command, args, options = {}) {
  const started = performance.now();
  let timedOut = false;
  /** @type {string[]} */
  let left = [];
  const mark = `${RUN}-${count++}`;
  const { promise, resolve } = withResolvers();
  if (stopping) return promise;
  const output = options.show ? 'inherit' : 'pipe';
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...(options.env ?? process.env), [MARK]: mark },
    detached: true,
    stdio: ['ignore', output, output],
  });
  let text = '';
  const keep = (/** @type {string} */ chunk) => {
    text = (text + chunk).slice(-OUTPUT_CHARS_MAX);
  };
  const end = (/** @type {number | null} */ code) => {
    if (!stopping)
      resolve({ ok: code === 0, code, output: text, timedOut, left, ms: performance.now() - started });
  };
  child.stdout?.setEncoding('utf8').on('data', keep);
  child.stderr?.setEncoding('utf8').on('data', keep);
  child.on('error', (error) => {
    keep(`could not start ${command}: ${error.message}\n`);
    end(null);
  });
  const { pid } = child;
  if (pid === undefined) return promise;
  groups.set(pid, mark);
  const timer = setTimeout(() => {
    timedOut = true;
    signalGroup(pid, 'SIGKILL');
  }, options.timeoutMs ?? NEVER_MS);
  child.on('exit', () => {
    clearTimeout(timer);
    groups.delete(pid);
    // Otherwise one that holds the output would keep it open for ever.
    signalGroup(pid, 'SIGKILL');
    left = endLeftovers(`${MARK}=${mark}`);
  });
  child.on('close', end);
  return promise;
}

/** From here on an interrupt stops every child before this process ends with 128 + the signal's number. */
export function stopChildrenOnSignals() {
  for (const [signal, number] of /** @type {const} */ ([
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ])) {
    process.on(signal, () => void stopChildren().then(() => process.exit(128 + number)));
  }
  process.on('exit', () => {
    for (const [pid, mark] of groups) {
      signalGroup(pid, 'SIGKILL');
      endLeftovers(`${MARK}=${mark}`);
    }
  });
}

async function stopChildren() {
  stopping = true;
  for (const pid of groups.keys()) signalGroup(pid, 'SIGTERM');
  const deadline = performance.now() + STOP_MS;
  while (groups.size > 0 && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 20));
}

/**
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // ESRCH: everyone in the group has gone already.
  }
}

/** `Promise.withResolvers` is not in Node 20. */
function withResolvers() {
  /** @type {(result: ChildResult) => void} */
  let resolve = () => {};
  /** @type {Promise<ChildResult>} */
  const promise = new Promise((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
