import { linkPrompts, linkTraces } from '../../../lifecycle/monitoring/spans/trace-tags.ts';
import { list, text } from '../codec/field.ts';
import { message, required } from '../codec/message.ts';
import { invalid } from '../mlflow-error.ts';
import { type AnyRpc, rpc } from '../rpc.ts';
import { KEY_CHARS_MAX } from '../tracking/keys.ts';
import { traceId } from './trace-fields.ts';

const ROOT = '/mlflow/traces';
const promptVersion = message({ name: required(text(KEY_CHARS_MAX)), version: required(text(20)) });

/** Traces or prompts in one call that links. */
const LINKS_MAX = 100;

/** What traces have to do with runs and prompts, which both versions have at paths of their own. */
export const traceLinkCalls: readonly AnyRpc[] = (['2.0', '3.0'] as const).flatMap((since) => {
  const write = { since, permission: 'model.write' } as const;
  return [
    rpc({
      ...write,
      method: 'POST',
      path: `${ROOT}/link-to-run`,
      input: message({ run_id: required(text(100)), trace_ids: list(text(100)) }),
      handler: async (ctx, { run_id, trace_ids }) => {
        if (trace_ids.length > LINKS_MAX)
          throw invalid(`Cannot link more than ${LINKS_MAX} traces to a run in a single request.`);
        await linkTraces(ctx, run_id, trace_ids);
        return undefined;
      },
    }),
    rpc({
      ...write,
      method: 'POST',
      path: `${ROOT}/link-prompts`,
      input: message({ trace_id: traceId, prompt_versions: list(promptVersion, LINKS_MAX) }),
      handler: async (ctx, input) => {
        await linkPrompts(ctx, input.trace_id, input.prompt_versions);
        return undefined;
      },
    }),
  ];
});
