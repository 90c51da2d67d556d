import { apiCommand } from '../../src/cli/api-command.ts';
import type { Command, CommandOption } from '../../src/cli/command.ts';
import { operationCommand } from '../../src/cli/operation-command.ts';
import { commands } from '../../src/main/commands/commands.ts';
import { ORDER } from '../../src/main/commands/order.ts';
import { operations } from '../../src/main/operations.ts';

/** The page of the commands, in the order of \`tend --help\`. */
export function commandPage(): string {
  const projected = operations.flatMap((operation) => operationCommand(operation) ?? []);
  const byName = new Map([apiCommand, ...projected, ...commands].map((command) => [command.name, command]));
  const known: readonly string[] = ORDER;
  const rank = (name: string): number => (known.includes(name) ? known.indexOf(name) : known.length);
  const sorted = [...byName.values()].sort(
    (a, b) => rank(a.name) - rank(b.name) || a.name.localeCompare(b.name),
  );
  return `# Commands

Every command takes \`--json\` (the result as \`{ "data", "meta" }\` on standard output, and nothing else
there), \`--dir DIR\` (state folder instead of \`.tend\`), \`--no-color\` and \`--help\`. A command works on
the folder in its own process; where a server owns the folder, or \`TEND_URL\` names one, it goes through that
server.

Exit codes: 0 done, 1 failed, 2 usage, 3 configuration invalid, 4 not found, 5 not allowed, 6 conflict (stale
plan, folder owned), 10 a gate said no, 11 something would change, 130 interrupted. [Errors](errors.md) lists
every code.

${sorted.map((command) => section(command)).join('\n\n')}
`;
}

function section(command: Command): string {
  const words = command.arguments.map(({ name, required, list }) => {
    const dots = list === true ? '...' : '';
    return required ? `<${name}${dots}>` : `[${name}${dots}]`;
  });
  const rows = [
    ...command.arguments.map(({ name, description }) => [name, description]),
    ...command.options.map((option) => [flag(option), described(option)]),
  ];
  const table = rows.map(([name, text]) => `| \`${name}\` | ${cellText(text ?? '')} |`);
  return [
    `## tend ${[command.name, ...words].join(' ')}`,
    '',
    `${command.summary}.`,
    ...(command.examples.length === 0 ? [] : ['', '```', ...command.examples, '```']),
    ...(table.length === 0 ? [] : ['', '| | |', '|---|---|', ...table]),
  ].join('\n');
}

function flag({ flag: name, type, fallback }: CommandOption): string {
  if (type === 'boolean') return fallback === true ? `--no-${name}` : `--${name}`;
  return `--${name} <${type === 'string' ? 'value' : type}>`;
}

function described({ description, choices, required, list, fallback }: CommandOption): string {
  return [
    description,
    ...(choices === undefined ? [] : [`One of ${choices.join(', ')}.`]),
    ...(list === true ? ['May be given many times.'] : []),
    ...(required === true ? ['Required.'] : []),
    ...(fallback === undefined || typeof fallback === 'boolean'
      ? []
      : [`Default: ${typeof fallback === 'string' ? fallback : JSON.stringify(fallback)}.`]),
  ]
    .filter((text) => text !== '')
    .join(' ');
}

function cellText(text: string): string {
  return text.replaceAll('|', '\\|');
}
