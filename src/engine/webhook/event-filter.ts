import { z } from 'zod';

/** `*`, one type of event such as `monitoring.incident.opened`, or all below a prefix: `retraining.*`. */
export const eventFilter = z
  .string()
  .regex(
    /^(\*|[a-z][a-z-]*(\.[a-z][a-z-]*)*(\.\*)?)$/,
    'expected an event such as monitoring.incident.opened, all below one such as retraining.*, or *',
  )
  .max(100);

/** Whether a filter lets events of a type through. */
export function passesFilter(filter: string, type: string): boolean {
  return filter.endsWith('*') ? type.startsWith(filter.slice(0, -1)) : type === filter;
}
