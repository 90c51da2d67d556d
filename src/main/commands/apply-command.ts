import { createInterface } from 'node:readline/promises';
import { type CommandCall, type CommandResult, defineCommand } from '../../cli/command.ts';
import { EXIT_GATE_REFUSED } from '../../cli/exit-code.ts';
import type { Invoker } from '../../cli/invoker.ts';
import { printable } from '../../cli/printable.ts';
import { type ErrorCode, ERRORS, TendError } from '../../kernel/error.ts';
import { applyView } from '../../project/apply-view.ts';
import { type Status, statusView } from '../../project/status.ts';
import { type ExecutionItem, executionItem } from '../../project/watch-execution.ts';
import { makePlan, planText, readPlan } from './plan-command.ts';
import { readSource } from './read-source.ts';

/** `tend apply`: carries out the declared life, durably, and follows it until it is settled or waits. */
export const applyCommand = defineCommand({
  name: 'apply',
  summary: 'Carries out tend.yaml: kill it anywhere, run it again, it goes on',
  examples: ['tend apply --yes', 'tend apply --plan plan.json'],
  arguments: [],
  options: [
    { flag: 'yes', type: 'boolean', description: 'Ask nothing.' },
    { flag: 'plan', type: 'string', description: 'Carry out exactly this plan, or exit with 6.' },
  ],
  load: async () => apply,
});

async function apply(call: CommandCall): Promise<CommandResult> {
  const source = readSource(process.cwd());
  const invoker = await call.invoker();
  const { plan: planFile, yes } = call.options;
  const saved = typeof planFile === 'string' ? readPlan(planFile) : undefined;
  if (saved === undefined && yes !== true) await confirm(call);
  const input = { ...source, ...(saved === undefined ? {} : { planHash: saved.hash }) };
  const started = applyView.parse(await invoker.invoke('projects.apply', input, { signal: call.signal }));
  const end = await follow(call, invoker, started.execution);
  const status = statusView.parse(await invoker.invoke('status.show', {}, { signal: call.signal }));
  const project = status.projects.find((one) => one.name === started.project);
  if (end?.kind === 'end' && (end.state === 'failed' || end.error !== null)) throw failureOf(end);
  const data = {
    execution: started.execution,
    project: started.project,
    waiting: end?.kind === 'waiting' ? end.reason : null,
    stages: project?.stages ?? [],
  };
  return { data, text: summary(call, project, end), exitCode: exitCode(project) };
}

/** Shows the plan and asks, where there is somebody to ask. @throws USAGE without a terminal. */
async function confirm(call: CommandCall): Promise<void> {
  if (!process.stdin.isTTY || call.global.json) {
    throw new TendError('USAGE', 'there is nobody to ask here: apply with --yes or --plan FILE');
  }
  call.terminal.note(planText(await makePlan(call), call));
  const ask = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await ask.question('Apply this? [y/N] ', { signal: call.signal }).finally(() => ask.close());
  if (!/^y(es)?$/i.test(answer.trim())) throw new TendError('INTERRUPTED', 'nothing was applied');
}

async function follow(call: CommandCall, invoker: Invoker, id: string): Promise<ExecutionItem | undefined> {
  let last: ExecutionItem | undefined;
  const { terminal } = call;
  await invoker.invoke(
    'executions.watch',
    { id },
    {
      signal: call.signal,
      onItem: (raw) => {
        const item = executionItem.parse(raw);
        last = item;
        if (item.kind === 'progress') terminal.report(item);
        if (item.kind === 'stage' && item.verdict !== 'running') {
          terminal.note(`${item.stage.padEnd(13)} ${item.verdict.padEnd(8)} ${printable(item.reason)}`);
        }
      },
    },
  );
  if (call.signal.aborted)
    throw new TendError('INTERRUPTED', 'interrupted; the same command goes on from here');
  return last;
}

function failureOf(end: Extract<ExecutionItem, { kind: 'end' }>): TendError {
  const code = end.error?.code ?? 'INTERNAL';
  const known = (code in ERRORS ? code : 'INTERNAL') as ErrorCode;
  return new TendError(known, end.error?.message ?? 'the execution failed', { hint: end.error?.hint ?? '' });
}

type ProjectStatus = Status['projects'][number] | undefined;

/** 0 settled or waiting, 10 when a gate refused, 1 when a stage before the gate failed. */
function exitCode(project: ProjectStatus): number {
  const failed =
    project?.stages.filter((stage) => stage.verdict === 'fail').map((stage) => stage.stage) ?? [];
  if (failed.length === 0) return 0;
  const early = failed.some((stage) => stage === 'problem' || stage === 'data' || stage === 'training');
  return early ? 1 : EXIT_GATE_REFUSED;
}

function summary(call: CommandCall, project: ProjectStatus, end: ExecutionItem | undefined): string {
  const { colors } = call.terminal;
  const lines = (project?.stages ?? [])
    .filter((stage) => stage.verdict !== 'none')
    .map((stage) => `${stage.stage.padEnd(16)} ${stage.verdict.padEnd(8)} ${printable(stage.reason)}`);
  if (end?.kind === 'waiting') lines.push('', colors.bold(`waits for ${printable(end.reason)}`));
  lines.push('', colors.dim('tend status shows the evidence of each stage'));
  return lines.join('\n');
}
