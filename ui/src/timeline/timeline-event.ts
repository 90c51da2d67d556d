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
  return incidents.find(({ title }) => title.startsWith(label) || label.includes(title)) ?? incidents[0];
}

/** A refusal begins with the window, a promotion or rollback with the version; the retraining came before. */
function isOf({ kind, at, label }: Mark, { at: began, version, window }: Candidate): boolean {
  if (at < began) return false;
  if (kind === 'refusal') return label.startsWith(`${window} `);
  return (kind === 'promotion' || kind === 'rollback') && label.startsWith(`version ${version} `);
}
