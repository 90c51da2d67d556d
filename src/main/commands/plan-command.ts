import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type CommandCall, defineCommand } from '../../cli/command.ts';
import { EXIT_DRIFT } from '../../cli/exit-code.ts';
import { printable } from '../../cli/printable.ts';
import { TendError } from '../../kernel/error.ts';
import { type Plan, planView } from '../../project/plan-view.ts';
import { fileFault } from './file-fault.ts';
import { readSource } from './read-source.ts';

/** `tend plan`: what applying would do, before anything runs. */
export const planCommand = defineCommand({
  name: 'plan',
  summary: 'Shows what applying tend.yaml would do, before anything runs',
  examples: ['tend plan', 'tend plan --out plan.json && tend apply --plan plan.json'],
  arguments: [],
  options: [
    { flag: 'out', type: 'string', description: 'Write the plan to this file, for `tend apply --plan`.' },
    { flag: 'detailed', type: 'boolean', description: 'Exit with 11 where something would change.' },
  ],
  load: async () => async (call) => {
    const plan = await makePlan(call);
    const { out, detailed } = call.options;
    if (typeof out === 'string') writePlan(out, plan);
    const changes = plan.changes.length > 0 || plan.stages.some((stage) => stage.run);
    const text = `${planText(plan, call)}${typeof out === 'string' ? `\nwritten to ${out}` : ''}`;
    return { data: plan, text, ...(detailed === true && changes ? { exitCode: EXIT_DRIFT } : {}) };
  },
});

/** The plan of the folder's source. */
export async function makePlan(call: CommandCall): Promise<Plan> {
  const source = readSource(process.cwd());
  const invoker = await call.invoker();
  return planView.parse(await invoker.invoke('projects.plan', source, { signal: call.signal }));
}

function writePlan(path: string, plan: Plan): void {
  try {
    writeFileSync(path, `${JSON.stringify(plan, null, 2)}\n`);
  } catch (fault) {
    throw fileFault(`write ${path}`, fault);
  }
}

/** A plan that `plan --out` wrote. @throws NOT_FOUND; USAGE when the file is no plan. */
export function readPlan(path: string): Plan {
  if (!existsSync(path)) {
    const hint = '`tend plan --out FILE` writes one.';
    throw new TendError('NOT_FOUND', `there is no file ${path}`, { hint });
  }
  try {
    return planView.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new TendError('USAGE', `${path} is no plan that \`tend plan --out\` wrote`, {
      cause,
      hint: '`tend plan --out FILE` writes one.',
    });
  }
}

const MARKS: Readonly<Record<Plan['changes'][number]['action'], string>> = {
  create: '+',
  change: '~',
  replace: '±',
  remove: '-',
  traffic: '→',
  approval: '?',
};

/** A plan as a person reads it: changes by kind, then what runs and what does not. */
export function planText(plan: Plan, { terminal: { colors } }: Pick<CommandCall, 'terminal'>): string {
  const changes = plan.changes.map(
    ({ action, stage, subject, reason }) =>
      `  ${MARKS[action]} ${action.padEnd(8)} ${stage.padEnd(11)} ` +
      `${printable(subject)}: ${printable(reason)}`,
  );
  const stages = plan.stages.map(({ stage, run, reason }) => {
    const mark = run ? colors.bold('runs ') : colors.dim('stays');
    return `  ${stage.padEnd(16)} ${mark}  ${printable(reason)}`;
  });
  const head =
    changes.length === 0
      ? `${plan.project}: nothing is declared differently`
      : `${plan.project} would change:`;
  return [colors.bold(head), ...changes, '', colors.bold('stages'), ...stages].join('\n');
}
