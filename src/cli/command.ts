import type { Invoker } from './invoker.ts';
import type { Terminal } from './terminal.ts';

/** A value given by position. */
export interface CommandArgument {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  /** Takes all that follow; only the last may. */
  readonly list?: boolean;
}

/** A `--flag`. */
export interface CommandOption {
  /** Without the dashes, words joined by hyphens. In `CommandCall.options` it is in camel case. */
  readonly flag: string;
  readonly description: string;
  /**
   * `file`: the value is what the named file holds, `-` standing for standard input; for secrets and bodies.
   */
  readonly type: 'boolean' | 'string' | 'number' | 'file';
  /** May be given many times; the value is an array. */
  readonly list?: boolean;
  readonly required?: boolean;
  readonly choices?: readonly string[];
  readonly fallback?: unknown;
}

/** What a command is called with. */
export interface CommandCall {
  readonly arguments: Readonly<Record<string, unknown>>;
  /** By camel-case name; absent where not given and without a fallback. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly global: GlobalOptions;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** Opens the way to the operations: the folder in this process, or a server. */
  readonly invoker: () => Promise<Invoker>;
}

/** Options that every command takes. */
export interface GlobalOptions {
  readonly json: boolean;
  readonly dir?: string;
}

/** What a command hands back; how it is shown is not its concern unless it says so. */
export interface CommandResult {
  /** `data` of `--json`. */
  readonly data: unknown;
  readonly meta?: Readonly<Record<string, unknown>>;
  /** What a person reads instead of the generic rendering of `data`; '' for nothing. */
  readonly text?: string;
  /** Other than 0 where the work was done but the answer is no: 10 a gate, 11 drift. */
  readonly exitCode?: number;
}

/** A command as plain data. Its code is loaded when it runs, so that `--help` stays quick. */
export interface Command {
  /** Its words: `plan`, `ledger verify`. */
  readonly name: string;
  readonly summary: string;
  /** Whole command lines, shown first in its help. */
  readonly examples: readonly string[];
  readonly arguments: readonly CommandArgument[];
  readonly options: readonly CommandOption[];
  readonly load: () => Promise<(call: CommandCall) => Promise<CommandResult>>;
}

/** Identity at run time; at compile time it checks the shape. */
export function defineCommand(command: Command): Command {
  return command;
}
