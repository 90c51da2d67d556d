import type { ReactElement } from 'react';
import { formatTime } from '../format/time.ts';

/** A moment in milliseconds UTC, of the project clock or of the wall. */
export function Moment({ at }: { readonly at: number }): ReactElement {
  const known = !Number.isNaN(new Date(at).getTime());
  return <time {...(known ? { dateTime: new Date(at).toISOString() } : {})}>{formatTime(at)}</time>;
}
