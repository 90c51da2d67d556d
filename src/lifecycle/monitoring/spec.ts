import { z } from 'zod';
import { columnText, durationText, nameText } from '../../kernel/schema.ts';

/** What an incident can set off. */
export const ACTION_KINDS = ['alert', 'retrain', 'roll_back', 'fall_back', 'throttle', 'stop'] as const;

/** Causes of incidents that are no criterion, as `actions` names them. */
export const CAUSES = ['drift', 'quality', 'requests', 'outcomes'] as const;

/** One action with its bounds. */
const boundedAction = z
  .strictObject({
    do: z
      .enum(ACTION_KINDS)
      .describe(
        'alert: the owner is told. retrain: candidates are trained and compared. roll_back: the release ' +
          'before answers again. fall_back: a simple answer takes over. throttle: fewer requests are ' +
          'answered. stop: none is.',
      ),
    to: z
      .string()
      .regex(
        /^(\d+(\.\d+)?\/s|[A-Za-z_][A-Za-z0-9_]*)$/,
        'expected baseline, a feature, or a rate such as 50/s',
      )
      .max(63)
      .exactOptional()
      .describe(
        'fall_back: baseline (if absent) or the feature that answers. throttle: a rate such as 50/s.',
      ),
    dry_run: z.boolean().exactOptional().describe('Only records what would have been done.'),
    limit: z
      .string()
      .regex(/^[1-9]\d*\/(day|week|month)$/, 'expected a limit such as 1/day')
      .exactOptional()
      .describe(
        'How often it is done in the project, on the project clock; beyond it, it is recorded and not ' +
          'done. 1/day if absent, for what changes the endpoint.',
      ),
    veto: durationText
      .exactOptional()
      .describe('How long a person may veto it, on the project clock; it is done afterwards.'),
  })
  .superRefine((action, context) => {
    const mistake = toMistake(action);
    if (mistake !== undefined) context.addIssue({ code: 'custom', path: ['to'], message: mistake });
  });

function toMistake({ do: kind, to }: { readonly do: string; readonly to?: string }): string | undefined {
  const rate = to?.endsWith('/s') === true;
  if (kind === 'throttle') {
    if (!rate) return 'throttle needs to: the rate, such as 50/s';
    return Number.parseFloat(to ?? '') > 0 ? undefined : 'expected a rate above 0; stop answers nothing';
  }
  if (kind === 'fall_back') return rate ? 'expected baseline or a feature' : undefined;
  return to === undefined ? undefined : `${kind} takes no to`;
}

const actionSpec = z.union([
  z.enum(ACTION_KINDS).refine((kind) => kind !== 'throttle', {
    message: 'throttle needs a rate: { do: throttle, to: 50/s }',
  }),
  boundedAction,
]);

/** The `monitoring` part of tend.yaml. */
export const monitoringSpec = z.strictObject({
  drift: z
    .strictObject({
      test: z.enum(['psi', 'ks', 'js']),
      alert_at: z.number().gt(0).describe('The least difference that matters, whatever its significance.'),
      over: durationText.exactOptional().describe('The window that is compared; 7d if absent.'),
    })
    .exactOptional(),
  outcomes: z
    .strictObject({
      key: columnText.describe('What an outcome refers to: a field that requests carry.'),
      within: durationText.exactOptional().describe('How late an outcome may come; 30d if absent.'),
    })
    .exactOptional(),
  watch: z.array(nameText).exactOptional().describe('Live criteria that open an incident.'),
  actions: z
    .record(z.string(), z.array(actionSpec).min(1))
    .exactOptional()
    .describe(
      'What an incident sets off, by its cause: a live criterion, drift, quality (rows set aside), ' +
        'requests or outcomes; alert if absent. What `retraining.when` names retrains as well.',
    ),
});

export type MonitoringSpec = z.output<typeof monitoringSpec>;
export type ActionSpec = z.output<typeof actionSpec>;
