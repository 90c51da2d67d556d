import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandCall, CommandResult } from '../../../cli/command.ts';
import { TendError } from '../../../kernel/error.ts';
import { readFolderOwner } from '../../../store/lock.ts';
import { createTables } from '../../../table/tables.ts';
import { type Config, readConfig } from '../../config.ts';
import { systemClock } from '../../platform.ts';
import { readSource } from '../read-source.ts';
import { replayColumns, replayPlan } from './replay-plan.ts';
import { replayProgress } from './replay-progress.ts';
import { replayRows } from './replay-rows.ts';
import { replayServer } from './replay-server.ts';
import { type ReplayReport, runReplay } from './run-replay.ts';

/** The endpoint answers at most ten thousand rows at once, and one request should not hold others up. */
const BATCH_MAX = 10_000;

/** Carries out `tend replay`. @throws SPEC_INVALID, NOT_FOUND, USAGE, UNAVAILABLE, CONFLICT, INTERRUPTED */
export async function replay(call: CommandCall): Promise<CommandResult> {
  const until = untilOf(call.options.until);
  const speed = speedOf(call.options.speed);
  const batch = batchOf(call.options.batch);
  const dir = process.cwd();
  const source = readSource(dir);
  const plan = replayPlan(source, String(call.arguments.dataset), dir);
  const config = readConfig(process.env, dir, call.global.dir === undefined ? {} : { dir: call.global.dir });
  const tempDir = mkdtempSync(join(tmpdir(), 'tend-replay-'));
  const started = systemClock.monotonic();
  const progress = replayProgress(call.terminal, systemClock);
  const server = replayServer({
    address: () => addressOf(config),
    token: config.token,
    project: plan.project,
    endpoint: plan.endpoint,
    signal: call.signal,
    clock: systemClock,
    report: progress.waits,
  });
  try {
    await using session = await createTables({ tempDir }).session([plan.path]);
    const columns = await replayColumns(session, source, plan);
    const rows = await replayRows(session, source, plan, columns, batch);
    const { signal } = call;
    const options = { plan, rows, server, until, speed, clock: systemClock, signal, onStep: progress.step };
    const report = await runReplay(options);
    const seconds = (systemClock.monotonic() - started) / 1_000;
    const data = { project: plan.project, ...report, seconds, perSecond: report.predictions / seconds };
    return { data, text: summary(plan.project, report, seconds) };
  } finally {
    server.close();
    rmSync(tempDir, { recursive: true, force: true });
  }
}

/**
 * The server that TEND_URL names, or the one that owns the folder. @throws UNAVAILABLE where there is none
 */
function addressOf(config: Config): string {
  const url = config.url ?? readFolderOwner(config.stateDir)?.['url'];
  if (typeof url === 'string' && URL.canParse(url)) return url;
  throw new TendError('UNAVAILABLE', 'a replay needs a server that answers; none works on this folder', {
    hint: 'Start `tend up` here, or name one with TEND_URL.',
  });
}

function untilOf(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const ms = /^\d{4}-\d\d-\d\d(T.*Z)?$/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isFinite(ms)) return ms;
  throw new TendError('USAGE', `--until: expected a date such as 2001-07-01, came ${value}`);
}

function speedOf(value: unknown): number {
  const speed = value === 'max' ? Number.POSITIVE_INFINITY : Number(value);
  if (speed > 0) return speed;
  throw new TendError('USAGE', `--speed: expected max or a number above 0, came ${String(value)}`);
}

function batchOf(value: unknown): number {
  if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= BATCH_MAX) return Number(value);
  throw new TendError(
    'USAGE',
    `--batch: expected a whole number from 1 to ${BATCH_MAX}, came ${String(value)}`,
  );
}

function summary(project: string, report: ReplayReport, seconds: number): string {
  const { predictions, outcomes, refused, before } = report;
  const count = (value: number): string => value.toLocaleString('en');
  const at = new Date(report.to).toISOString().slice(0, 16).replace('T', ' ');
  if (report.from >= report.to) return `${project} stands at ${at}: there is nothing left to play`;
  const lines = [
    `${project} was played to ${at}: ${count(predictions)} predictions in ${seconds.toFixed(1)} s ` +
      `(${count(Math.round(predictions / seconds))} a second)`,
    `outcomes: ${count(outcomes.accepted)} taken in, ${count(outcomes.duplicate)} known before`,
  ];
  if (before > 0) lines.push(`${count(before)} had been answered before`);
  if (refused > 0) lines.push(`${count(refused)} rows were refused by the endpoint as they are`);
  const lost = outcomes.refused + outcomes.unknown;
  if (lost > 0) lines.push(`${count(lost)} outcomes were not taken: no prediction, or not of the right type`);
  return lines.join('\n');
}
