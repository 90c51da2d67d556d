import assert from 'node:assert/strict';
import { checkInput, strictly } from '../kernel/check-input.ts';
import { TendError } from '../kernel/error.ts';
import { type AnyOperation, callOperation } from '../kernel/operation.ts';
import { inputFields, readFieldText } from '../kernel/operation-input.ts';
import { API_PREFIX, type InvokeOptions, type Invoker } from './invoker.ts';

/** Operations carried out in this process. `context` is asked once for each, with the signal that ends it. */
export function localInvoker<C>(options: {
  readonly operations: readonly AnyOperation<C>[];
  readonly context: (signal: AbortSignal) => C;
  readonly close?: () => Promise<void>;
}): Invoker {
  const byName = new Map(options.operations.map((operation) => [operation.name, operation]));
  const carryOut = async (
    operation: AnyOperation<C>,
    input: unknown,
    call: InvokeOptions,
  ): Promise<unknown> => {
    const checked = checkInput(strictly(operation.input), input);
    const answer = callOperation(operation, options.context(call.signal), checked);
    if (operation.stream !== true) return operation.output.parse(await (answer as Promise<unknown>));
    for await (const item of answer as AsyncIterable<unknown>) {
      if (call.signal.aborted) throw new TendError('INTERRUPTED', 'interrupted');
      call.onItem?.(operation.output.parse(item));
    }
    return undefined;
  };
  return {
    invoke: (name, input, call) => {
      const operation = byName.get(name);
      assert(operation !== undefined, `there is no operation ${name}`);
      return carryOut(operation, input, call);
    },
    request: async (method, target, body, call) => {
      const url = new URL(target, 'http://local');
      const path = url.pathname.startsWith(API_PREFIX) ? url.pathname.slice(API_PREFIX.length) : url.pathname;
      for (const operation of options.operations) {
        const params = operation.method === method ? match(operation.path, path) : undefined;
        if (params === undefined) continue;
        const query = Object.fromEntries(
          inputFields(operation.input).flatMap((field) => {
            const texts = url.searchParams.getAll(field.name).map((text) => readFieldText(field, text));
            return texts.length === 0 ? [] : [[field.name, field.list ? texts : texts[0]]];
          }),
        );
        const fields = typeof body === 'object' && body !== null ? body : {};
        return carryOut(operation, { ...query, ...fields, ...params }, call);
      }
      throw new TendError('NOT_FOUND', `nothing answers ${method} ${API_PREFIX}${path}`, {
        hint: 'GET /openapi.json lists what there is.',
      });
    },
    close: options.close ?? (async () => undefined),
  };
}

/** Values of the `{fields}` of a path; undefined where it is another path. */
function match(template: string, path: string): Record<string, string> | undefined {
  const names = [...template.matchAll(/\{([^}]+)\}/g)].map((found) => found[1] ?? '');
  const literal = template.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{[^}]+\}/g, '([^/]+)');
  const found = new RegExp(`^${literal}$`).exec(path);
  if (found === null) return undefined;
  return Object.fromEntries(names.map((name, i) => [name, decodeURIComponent(found[i + 1] ?? '')]));
}
