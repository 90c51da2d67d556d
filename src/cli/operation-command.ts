import type { AnyOperation } from '../kernel/operation.ts';
import { type InputField, inputFields, readFieldText } from '../kernel/operation-input.ts';
import type { Command, CommandArgument, CommandCall, CommandOption, CommandResult } from './command.ts';
import { renderValue } from './render-value.ts';
import type { Terminal } from './terminal.ts';

/** How the answer of one operation is shown, where the generic way does not do. */
export interface Presentation {
  readonly render?: (data: unknown, terminal: Terminal) => string;
  /** One item of a stream as a line; without it each is rendered generically. */
  readonly renderItem?: (item: unknown, terminal: Terminal) => string;
  readonly exitCode?: (data: unknown) => number;
}

/** Items of a stream that `--json` collects. A stream without an end is for `tend api` or a program. */
const ITEMS_MAX = 10_000;

/** The command that an operation projects to; undefined where it has none. */
export function operationCommand<C>(
  operation: AnyOperation<C>,
  presentation: Presentation = {},
): Command | undefined {
  const { cli } = operation;
  if (cli === undefined) return undefined;
  const fields = inputFields(operation.input);
  const positional = cli.positional ?? [];
  const byPosition = positional.flatMap((name) => fields.filter((field) => field.name === name));
  const byFlag = fields.filter((field) => !positional.includes(field.name));
  return {
    name: cli.command,
    summary: operation.summary,
    examples: cli.example === undefined ? [] : [cli.example],
    arguments: byPosition.map(argumentOf),
    options: byFlag.map(optionOf),
    load: async () => (call) => {
      const input = Object.fromEntries([
        ...byPosition.flatMap((field) => given(field, call.arguments[field.name])),
        ...byFlag.flatMap((field) => given(field, call.options[optionName(field)])),
      ]);
      return run(operation, input, presentation, call);
    },
  };
}

async function run<C>(
  operation: AnyOperation<C>,
  input: Record<string, unknown>,
  presentation: Presentation,
  call: CommandCall,
): Promise<CommandResult> {
  const { terminal, signal } = call;
  const options = { width: terminal.width, heading: terminal.colors.bold };
  const invoker = await call.invoker();
  const items: unknown[] = [];
  const onItem = (item: unknown): void => {
    if (items.length < ITEMS_MAX) items.push(item);
    terminal.print(presentation.renderItem?.(item, terminal) ?? renderValue(item, options));
  };
  const answer = await invoker.invoke(operation.name, input, { signal, onItem });
  const data = operation.stream === true ? items : (answer ?? null);
  const text =
    operation.stream === true ? '' : (presentation.render?.(data, terminal) ?? renderValue(data, options));
  const next = typeof data === 'object' && data !== null && 'next' in data ? data.next : undefined;
  if (typeof next === 'string' && !terminal.json) terminal.note(`more: add --cursor ${next}`);
  return { data, text, exitCode: presentation.exitCode?.(data) ?? 0 };
}

function given(field: InputField, value: unknown): [string, unknown][] {
  if (value === undefined) return [];
  if (typeof value === 'string') return [[field.name, readFieldText(field, value)]];
  if (!Array.isArray(value)) return [[field.name, value]];
  return [[field.name, value.map((item) => (typeof item === 'string' ? readFieldText(field, item) : item))]];
}

function argumentOf(field: InputField): CommandArgument {
  const { name, description, required, list } = field;
  return { name, description, required, ...(list ? { list } : {}) };
}

/** A secret is read from a file: a flag would show it to everyone who lists the processes. */
function optionOf(field: InputField): CommandOption {
  const { name, description, choices, fallback } = field;
  const flag = kebab(name);
  if (field.secret)
    return { flag: `${flag}-file`, description: `file that holds the ${name}; - reads it`, type: 'file' };
  return {
    flag,
    description: description === '' && field.type === 'json' ? 'JSON' : description,
    type: field.type === 'boolean' && !field.list ? 'boolean' : 'string',
    required: field.required && !(field.type === 'boolean'),
    ...(field.list ? { list: true } : {}),
    ...(choices.length === 0 ? {} : { choices }),
    ...(fallback === undefined || (Array.isArray(fallback) && fallback.length === 0) ? {} : { fallback }),
  };
}

function optionName(field: InputField): string {
  return field.secret ? `${field.name}File` : field.name;
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
