import type { Presentation } from '../cli/operation-command.ts';
import { printable } from '../cli/printable.ts';
import type { Terminal } from '../cli/terminal.ts';
import { documentView, traceView } from '../lifecycle/governance/index.ts';
import { type Status, statusView } from '../project/status.ts';
import { traceText } from './present-trace.ts';

/** How the answers of some operations are shown to a person. */
export const presentations: Readonly<Record<string, Presentation>> = {
  'status.show': { render: (data, terminal) => statusText(statusView.parse(data), terminal) },
  'predictions.trace': { render: (data, terminal) => traceText(traceView.parse(data), terminal) },
  'models.card': { render: documentText },
  'datasets.sheet': { render: documentText },
};

/** A document as it is: it may be meant for a file, where nothing around it belongs. */
function documentText(data: unknown): string {
  const { text, document } = documentView.parse(data);
  return printable(text ?? JSON.stringify(document, null, 2)).trimEnd();
}

const COLORS = { pass: 'green', fail: 'red', waiting: 'yellow', running: 'cyan', stale: 'yellow' } as const;

function statusText({ projects }: Status, { colors }: Terminal): string {
  if (projects.length === 0)
    return 'no project yet: `tend init` writes a tend.yaml, `tend apply` carries it out';
  return projects
    .map(({ name, statement, stages }) => {
      const lines = stages.map(({ stage, verdict, reason, evidence }) => {
        const paint = verdict in COLORS ? colors[COLORS[verdict as keyof typeof COLORS]] : colors.dim;
        const count = evidence.length === 0 ? '' : colors.dim(` [${evidence.length} evidence]`);
        return `  ${stage.padEnd(16)} ${paint(verdict.padEnd(8))} ${printable(reason)}${count}`;
      });
      return [`${colors.bold(printable(name))}  ${printable(statement)}`, ...lines].join('\n');
    })
    .join('\n\n');
}
