import type { Candidate, Incident } from '../api/answer.ts';
import type { Mark } from '../evidence/figure.ts';

/** A mark of the timeline with the page that tells of it, where there is one. */
export interface TimelineEvent extends Mark {
  readonly incident: string | undefined;
  readonly candidate: string | undefined;
}

/** The marks, newest first, each with the incident or candidate of the same moment. */
export function timelineEvents(
  marks: readonly Mark[],
  incidents: readonly Incident[],
  candidates: readonly Candidate[],
): readonly TimelineEvent[] {
  return marks
    .toSorted((a, b) => b.at - a.at)
    .map((mark) => ({
      ...mark,
      incident: theOne(
        incidents.filter((one) => tells(mark, one)),
        mark,
      )?.id,
      candidate: candidates.find((one) => isOf(mark, one))?.id,
    }));
}

function tells({ kind, at }: Mark, { openedAt, resolvedAt }: Incident): boolean {
  return (kind === 'incident' && openedAt === at) || (kind === 'resolved' && resolvedAt === at);
}

/** Of several that opened in one moment the one that the label names. */
function theOne(incidents: readonly Incident[], { label }: Mark): Incident | undefined {
  return incidents.find(({ title, cause }) => label.includes(title) || label.includes(cause)) ?? incidents[0];
}

/** Labels name a candidate by its version or its window; both belong to a retraining of the moment. */
function isOf({ kind, at, label }: Mark, { state, at: began, version, window }: Candidate): boolean {
  const fits =
    (kind === 'refusal' && state === 'refused') ||
    (kind === 'promotion' && (state === 'promoted' || state === 'rolled-back'));
  if (!fits || at < began) return false;
  return new RegExp(`\\b(?:version |v)${version}\\b`).test(label) || label.includes(window);
}
