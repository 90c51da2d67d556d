import { z } from 'zod';
import { TendError } from '../../../kernel/error.ts';
import { figureSchema } from '../../../kernel/figure.ts';
import { type AnyOperation, defineOperation } from '../../../kernel/operation.ts';
import { decodeCursor, encodeCursor, pageInput } from '../../../kernel/page.ts';
import { nameText } from '../../../kernel/schema.ts';
import type { LifecycleContext } from '../../stage-scope.ts';
import { timeline } from '../timeline.ts';
import { assertProject, latestWindows, type MonitorWindow, monitorWindows } from './window-store.ts';

/** What the operations of monitors need. */
export type MonitorContext = Pick<LifecycleContext, 'db'>;

const windowFields = {
  monitor: z.string().describe('drift, drift:<input>, criterion:<id>, requests, outcomes.'),
  verdict: z.enum(['pass', 'fail', 'open']).describe('open: too little is known to say.'),
  value: z.number().nullable().describe('Its leading figure.'),
  low: z.number().nullable().describe('The 95 % interval of the value.'),
  high: z.number().nullable(),
  bound: z.number().nullable().describe('What the value is held to.'),
  from: z.int().describe('Project clock, milliseconds UTC.'),
  to: z.int(),
  title: z.string(),
  release: z.string().nullable().describe('Hash of the release that it is about.'),
};

const windowView = z.object(windowFields).meta({ id: 'MonitorWindow' });

const windowDetail = z
  .object({ ...windowFields, body: z.json().describe('Figures, criteria and details.') })
  .meta({ id: 'MonitorWindowDetail' });

const monitorDetail = z
  .object({
    latest: windowDetail,
    windows: z.array(windowView).describe('The newest first.'),
    next: z.string().exactOptional(),
  })
  .meta({ id: 'Monitor' });

const timelineView = z
  .object({
    criterion: z.string().nullable().describe('null before any was measured.'),
    figure: figureSchema.describe('A line with its interval, its bound, and what happened as marks.'),
    windows: z.array(windowView).describe('The oldest first.'),
  })
  .meta({ id: 'Timeline' });

const project = nameText;

/** Monitors of live traffic, and a criterion over the life of a project. */
export const monitorOperations: readonly AnyOperation<MonitorContext>[] = [
  defineOperation({
    name: 'monitors.list',
    summary: 'Lists the monitors of a project with the last window of each',
    method: 'GET',
    path: '/projects/{project}/monitors',
    input: z.object({ project }),
    output: z.object({ items: z.array(windowView) }),
    errors: ['NOT_FOUND'],
    permission: 'project.read',
    audit: 'none',
    cli: { command: 'monitor list', positional: ['project'], example: 'tend monitor list flight-delay' },
    handler: async ({ db }: MonitorContext, input) => {
      await assertProject(db, input.project);
      return { items: (await latestWindows(db, input.project)).map(viewOf) };
    },
  }),
  defineOperation({
    name: 'monitors.show',
    summary: 'Shows the last window of a monitor as evidence shows it, and the windows before',
    method: 'GET',
    path: '/projects/{project}/monitors/{monitor}',
    input: z.object({
      ...pageInput,
      project,
      monitor: z.string().max(100).describe('As `tend monitor list` names it.'),
    }),
    output: monitorDetail,
    errors: ['NOT_FOUND', 'INVALID_INPUT'],
    permission: 'project.read',
    audit: 'none',
    cli: {
      command: 'monitor show',
      positional: ['project', 'monitor'],
      example: 'tend monitor show flight-delay drift',
    },
    handler: async ({ db }: MonitorContext, { limit, cursor, ...of }) => {
      await assertProject(db, of.project);
      const [latest] = await monitorWindows(db, { ...of, limit: 1 });
      if (latest === undefined) {
        const known =
          (await latestWindows(db, of.project)).map(({ monitor }) => monitor).join(', ') || 'none';
        throw new TendError(
          'NOT_FOUND',
          `no window of a monitor ${of.monitor} was recorded; there are: ${known}`,
        );
      }
      const before = cursor === undefined ? {} : { before: endOf(cursor) };
      const found = await monitorWindows(db, { ...of, ...before, limit: limit + 1 });
      const shown = found.slice(0, limit);
      const last = shown.at(-1);
      const more = found.length > limit && last !== undefined ? { next: encodeCursor(String(last.to)) } : {};
      return {
        latest: { ...viewOf(latest), body: latest.body as z.output<typeof windowDetail>['body'] },
        windows: shown.map(viewOf),
        ...more,
      };
    },
  }),
  defineOperation({
    name: 'projects.timeline',
    summary:
      'Shows a live criterion over time, with incidents, retrainings, promotions and exits on one axis',
    method: 'GET',
    path: '/projects/{project}/timeline',
    input: z.object({
      project,
      criterion: nameText.exactOptional().describe('Id of a live criterion; the one on outcomes if absent.'),
    }),
    output: timelineView,
    errors: ['NOT_FOUND'],
    permission: 'project.read',
    audit: 'none',
    cli: {
      command: 'monitor timeline',
      positional: ['project'],
      example: 'tend monitor timeline flight-delay',
    },
    handler: async ({ db }: MonitorContext, input) => {
      await assertProject(db, input.project);
      const { criterion, figure, windows } = await timeline(db, input);
      return { criterion, figure, windows: windows.map(viewOf) };
    },
  }),
];

/** @throws INVALID_INPUT for a cursor that no list returned. */
function endOf(cursor: string): number {
  const end = Number(decodeCursor(cursor));
  if (Number.isSafeInteger(end)) return end;
  throw new TendError('INVALID_INPUT', 'the cursor is not one that a list returned', {
    fields: [{ path: 'cursor', message: 'expected the `next` of the page before' }],
  });
}

function viewOf({ body: _body, ...view }: MonitorWindow): z.output<typeof windowView> {
  return view;
}
