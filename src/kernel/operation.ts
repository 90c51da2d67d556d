import type { z } from 'zod';
import type { ErrorCode } from './error.ts';
import type { Permission } from './permission.ts';

/** Where an operation stands on the command line. Absent: reachable over HTTP and `tend api` alone. */
export interface CliProjection {
  /** Words of the command: `status`, `models list`. */
  readonly command: string;
  /** Input fields given by position, in order; every other field is a `--flag`. */
  readonly positional?: readonly string[];
  /** One example, shown first in `--help`. */
  readonly example?: string;
}

/**
 * One thing that Tend can do, as plain data. HTTP routes, validation, OpenAPI, commands, the client and the
 * permission table are projections of the list of operations.
 *
 * `C` is the context that the handler needs; `main` supplies it.
 */
export interface Operation<C, I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  /**
   * Dotted and in the plural where it is about a resource: `projects.plan`. Unique; the OpenAPI operationId.
   */
  readonly name: string;
  readonly summary: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/tend/v1`; `{field}` takes the input field of that name from the path. */
  readonly path: string;
  readonly input: I;
  /** Shape of the answer, or of each item where `stream` is true. */
  readonly output: O;
  readonly errors: readonly ErrorCode[];
  readonly permission: Permission;
  /** `ledger`: the handler commits a ledger entry; `none`: it changes nothing. */
  readonly audit: 'ledger' | 'none';
  /** True: the handler yields many items (server-sent events over HTTP). */
  readonly stream?: boolean;
  readonly cli?: CliProjection;
  readonly handler: (ctx: C, input: z.output<I>) => Promise<z.output<O>> | AsyncIterable<z.output<O>>;
}

/** Identity at run time; at compile time it ties the handler to its schemas. */
export function defineOperation<C, I extends z.ZodType, O extends z.ZodType>(
  operation: Operation<C, I, O>,
): Operation<C, I, O> {
  return operation;
}

/** An operation of any shape, for lists of them. `callOperation` gives it its input. */
export type AnyOperation<C> = Omit<Operation<C>, 'handler'> & {
  readonly handler: (ctx: C, input: never) => Promise<unknown> | AsyncIterable<unknown>;
};

/** Calls the handler. `checked` is what the operation's own input schema answered (`checkInput`). */
export function callOperation<C>(
  operation: AnyOperation<C>,
  ctx: C,
  checked: unknown,
): Promise<unknown> | AsyncIterable<unknown> {
  return operation.handler(ctx, checked as never);
}
