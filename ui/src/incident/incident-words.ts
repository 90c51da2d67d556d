import type { Action, Incident } from '../api/answer.ts';
import type { BadgeTone } from '../components/tone-badge.tsx';

/** What each action does, as a noun. */
export const ACTION_WORDS: Readonly<Record<Action['kind'], string>> = {
  alert: 'Alert',
  retrain: 'Retraining',
  roll_back: 'Rollback',
  fall_back: 'Fallback',
  throttle: 'Throttle',
  stop: 'Stop',
};

/** How an action stands. */
export const ACTION_STATES: Readonly<
  Record<Action['state'], { readonly word: string; readonly tone: BadgeTone }>
> = {
  waiting: { word: 'waiting', tone: 'wait' },
  done: { word: 'done', tone: 'pass' },
  'dry-run': { word: 'dry run', tone: 'quiet' },
  vetoed: { word: 'vetoed', tone: 'quiet' },
  limited: { word: 'limited', tone: 'quiet' },
  failed: { word: 'failed', tone: 'fail' },
};

/** How an incident stands. */
export const INCIDENT_TONES: Readonly<Record<Incident['state'], BadgeTone>> = {
  open: 'fail',
  acknowledged: 'accent',
  resolved: 'pass',
};

/** `criterion:still-good` as `still-good, a criterion`; other causes as they are. */
export function causeText(cause: string): string {
  const [sort = '', ...rest] = cause.split(':');
  const name = rest.join(':');
  if (name === '') return cause;
  return sort === 'criterion' ? `${name}, a criterion` : `${name} (${sort})`;
}

/** The criterion that an incident is about; undefined for any other cause. */
export function criterionOf(cause: string): string | undefined {
  return cause.startsWith('criterion:') ? cause.slice('criterion:'.length) : undefined;
}
