import { z } from 'zod';
import { type AnyOperation, defineOperation } from '../../../kernel/operation.ts';
import { type TraceContext, tracePrediction } from './trace-prediction.ts';
import { traceView } from './trace-view.ts';

/** From a prediction back to the file that its model was made of. */
export const traceOperations: readonly AnyOperation<TraceContext>[] = [
  defineOperation({
    name: 'predictions.trace',
    summary: 'Traces a prediction back to version, run, data rows and source file, with who agreed to it',
    method: 'GET',
    path: '/predictions/{id}/trace',
    input: z.object({ id: z.string().min(1).max(100) }),
    output: traceView,
    errors: ['NOT_FOUND'],
    permission: 'data.read',
    audit: 'none',
    cli: { command: 'trace', positional: ['id'], example: 'tend trace prd_01ht…' },
    handler: (ctx: TraceContext, { id }) => tracePrediction(ctx, id),
  }),
];
