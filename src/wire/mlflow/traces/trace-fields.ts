import type { TraceState } from '../../../lifecycle/monitoring/spans/trace.ts';
import { list, oneOf, text } from '../codec/field.ts';
import { message, required } from '../codec/message.ts';
import { cutText, KEY_CHARS_MAX, TAG_CHARS_MAX } from '../tracking/keys.ts';

/** The id of a trace, whatever it looks like: one that is not there is not found. */
export const traceId = required(text(100));

/** Longest preview of what went in and came out. */
export const PREVIEW_CHARS_MAX = 10_000;

const STATES: Readonly<Record<TraceState, number>> = {
  STATE_UNSPECIFIED: 0,
  OK: 1,
  ERROR: 2,
  IN_PROGRESS: 3,
};

/** How a trace ended. */
export const state = oneOf(STATES);

/** Keys with texts, as version 2 has them. */
export const pairs = list(
  message({ key: required(text(KEY_CHARS_MAX)), value: cutText(TAG_CHARS_MAX) }),
  1_000,
);
