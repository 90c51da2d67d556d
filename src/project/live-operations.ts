import { z } from 'zod';
import { TendError } from '../kernel/error.ts';
import { type AnyOperation, defineOperation } from '../kernel/operation.ts';
import { parseTime } from '../decide/expression/parse-time.ts';
import { clockView, showClock } from './clock-view.ts';
import type { ProjectContext } from './project-context.ts';

/** Outcomes in one request: a tenth of a second of work. */
const OUTCOMES_MAX = 10_000;

const moment = z.union([z.int(), z.string().max(40)]).describe('RFC 3339, or milliseconds since 1970 UTC.');

const sentOutcome = z
  .object({
    prediction: z.string().max(64).exactOptional().describe('Id of the prediction.'),
    key: z
      .union([z.string().max(1_000), z.number()])
      .exactOptional()
      .describe('The declared business key, where the id was not kept.'),
    value: z.json().describe('The outcome column, or an object of them where there are several.'),
    at: moment.exactOptional().describe('When it happened.'),
  })
  .refine((one) => (one.prediction === undefined) !== (one.key === undefined), {
    message: 'expected exactly one of prediction and key',
  });

const recorded = z
  .object({
    accepted: z.int(),
    duplicate: z.int().describe('Known already, with the same value.'),
    unknown: z.int().describe('Of no prediction that was logged.'),
    refused: z.int().describe('Of the wrong type, or another value than was taken in before.'),
    problems: z.array(z.object({ index: z.int(), code: z.string(), message: z.string() })),
  })
  .meta({ id: 'RecordedOutcomes' });

const listed = z
  .object({
    items: z.array(
      z.object({
        id: z.string(),
        key: z.union([z.string(), z.number()]).nullable(),
        t: z.int().describe('Event time, milliseconds UTC.'),
        version: z.string(),
        prediction: z.number().nullable(),
        hasOutcome: z.boolean(),
      }),
    ),
    next: z.string().nullable(),
  })
  .meta({ id: 'RecentPredictions' });

const project = z.string().max(200);

/** What a live project is told, and how far it has come. */
export const liveOperations: readonly AnyOperation<ProjectContext>[] = [
  defineOperation({
    name: 'outcomes.record',
    summary: 'Takes in what came of predictions, by their ids or business keys',
    method: 'POST',
    path: '/outcomes',
    input: z.object({
      outcomes: z.array(sentOutcome).min(1).max(OUTCOMES_MAX),
      endpoint: z
        .string()
        .max(63)
        .exactOptional()
        .describe('Where business keys are of; needed with several.'),
    }),
    output: recorded,
    errors: ['NOT_FOUND', 'INVALID_INPUT', 'DISK_FULL'],
    permission: 'prediction.write',
    audit: 'none',
    handler: async (ctx: ProjectContext, input) => {
      const { recordOutcomes } = await import('./record-outcomes.ts');
      return recordOutcomes(ctx, input);
    },
  }),
  defineOperation({
    name: 'clock.show',
    summary: 'Shows the project clock and what work it waits for',
    method: 'GET',
    path: '/projects/{project}/clock',
    input: z.object({ project }),
    output: clockView,
    errors: ['NOT_FOUND'],
    permission: 'project.read',
    audit: 'none',
    handler: (ctx: ProjectContext, input) => showClock(ctx, input.project),
  }),
  defineOperation({
    name: 'clock.advance',
    summary: 'Moves the project clock of a replay, boundary by boundary',
    method: 'POST',
    path: '/projects/{project}/clock',
    input: z.object({ project, to: moment }),
    output: clockView,
    errors: ['NOT_FOUND', 'CONFLICT', 'INVALID_INPUT'],
    permission: 'clock.write',
    audit: 'ledger',
    handler: async (ctx: ProjectContext, input) => {
      const { advanceClock } = await import('./advance-clock.ts');
      return advanceClock(ctx, input.project, momentMs(input.to));
    },
  }),
  defineOperation({
    name: 'predictions.list',
    summary: 'Lists predictions of late by event time; those that are sealed are left out',
    method: 'GET',
    path: '/projects/{project}/predictions',
    input: z.object({
      project,
      from: moment,
      to: moment,
      limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
      cursor: z.string().max(64).exactOptional(),
    }),
    output: listed,
    errors: ['NOT_FOUND', 'INVALID_INPUT'],
    permission: 'data.read',
    audit: 'none',
    handler: async (ctx: ProjectContext, input) => {
      const { listPredictions } = await import('./list-predictions.ts');
      const { from, to } = input;
      return listPredictions(ctx, { ...input, from: momentMs(from), to: momentMs(to) });
    },
  }),
];

/** @throws INVALID_INPUT for a text that is no moment. */
function momentMs(value: number | string): number {
  const ms = typeof value === 'number' ? value : /^-?\d+$/.test(value) ? Number(value) : parseTime(value);
  if (Number.isSafeInteger(ms)) return ms;
  throw new TendError('INVALID_INPUT', `expected an RFC 3339 time or milliseconds, came ${String(value)}`);
}
