import { Argument, Command as Program, Option } from 'commander';
import { TendError } from '../kernel/error.ts';
import type { Command, CommandOption } from './command.ts';

/** Runs a command with what the line gave: values by the names of its arguments and options. */
export type CommandAction = (
  command: Command,
  args: Record<string, unknown>,
  flags: Record<string, unknown>,
) => Promise<void>;

/** The parser of the command line. It throws a CommanderError instead of ending the process. */
export function buildProgram(
  options: {
    readonly commands: readonly Command[];
    readonly write: (text: string) => void;
  },
  action: CommandAction,
): Program {
  const program = new Program('tend')
    .description('Looks after models through their whole life, from tend.yaml.')
    .helpOption('-h, --help', 'shows this')
    // Known to the root, so that they may stand anywhere in the line.
    .addOption(new Option('--json', 'prints the result as JSON, and nothing else on standard output'))
    .addOption(new Option('--dir <dir>', 'state folder instead of .tend beside tend.yaml'))
    .addOption(new Option('--color', 'colours though output is piped').hideHelp())
    .addOption(new Option('--no-color', 'prints without colours'))
    .exitOverride()
    .configureHelp({ showGlobalOptions: false, helpWidth: 80 })
    .configureOutput({
      writeOut: options.write,
      // Messages of the parser are shown by us, in our own form.
      writeErr: () => undefined,
    })
    .addHelpText('after', EXIT_CODES);
  const groups = new Map<string, { readonly program: Program; readonly words: string[] }>();
  for (const command of options.commands) {
    const [first = '', ...rest] = command.name.split(' ');
    const leaf = rest.join('-');
    if (leaf === '') {
      addCommand(program, first, command, action);
      continue;
    }
    const group = groups.get(first) ?? { program: program.command(first), words: [] };
    groups.set(first, group);
    group.words.push(leaf);
    group.program.description(group.words.join(', '));
    addCommand(group.program, leaf, command, action);
  }
  return program;
}

const EXIT_CODES = `
Exit codes: 0 done, 1 failed, 2 usage, 3 configuration invalid, 4 not found, 5 not
allowed, 6 conflict, 10 a gate said no, 11 drift found, 130 interrupted.
\`tend --version\` prints the version.`;

function addCommand(parent: Program, word: string, command: Command, action: CommandAction): void {
  const leaf = parent.command(word).description(command.summary);
  if (command.examples.length > 0) {
    leaf.addHelpText('before', `${command.examples.map((example) => `  ${example}`).join('\n')}\n`);
  }
  for (const { name, description, required, list } of command.arguments) {
    const dots = list === true ? '...' : '';
    leaf.addArgument(new Argument(required ? `<${name}${dots}>` : `[${name}${dots}]`, description));
  }
  for (const option of command.options) leaf.addOption(flagOf(option));
  leaf.action(async (...given: unknown[]) => {
    const args = command.arguments.flatMap(({ name }, i) =>
      given[i] === undefined ? [] : [[name, given[i]]],
    );
    await action(command, Object.fromEntries(args), leaf.optsWithGlobals());
  });
}

function flagOf(option: CommandOption): Option {
  if (option.type === 'boolean') {
    const flag = option.fallback === true ? `--no-${option.flag}` : `--${option.flag}`;
    return new Option(flag, option.description);
  }
  const what = option.type === 'string' ? 'value' : option.type;
  const flag = new Option(`--${option.flag} <${what}>`, option.description);
  if (option.choices !== undefined) flag.choices([...option.choices]);
  if (option.fallback !== undefined) flag.default(option.fallback);
  if (option.required === true) flag.makeOptionMandatory();
  // One value each time: a flag that takes all that follows would swallow what comes by position.
  if (option.list === true) {
    flag.argParser((text: string, before: unknown) => {
      if (option.choices !== undefined && !option.choices.includes(text)) {
        throw new TendError('USAGE', `--${option.flag} is one of ${option.choices.join(', ')}, not ${text}`);
      }
      return Array.isArray(before) && before !== option.fallback ? [...before, text] : [text];
    });
  }
  return flag;
}
