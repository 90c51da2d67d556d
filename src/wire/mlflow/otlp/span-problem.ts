import type { ReceivedSpan } from '../../../lifecycle/monitoring/spans/received-span.ts';

/** Longest name of a span. */
const NAME_CHARS_MAX = 4_000;

/** Why a span of a message that is sound cannot be kept; undefined where it can. */
export function spanProblem(span: ReceivedSpan): string | undefined {
  const { traceId, id, parentId, name, endNs, startNs } = span;
  if (!isId(traceId, 32)) return 'its trace id is not 16 bytes other than zero';
  if (!isId(id, 16)) return 'its span id is not 8 bytes other than zero';
  if (parentId !== null && !isId(parentId, 16)) return 'the span id of its parent is not 8 bytes';
  if (parentId === id) return 'it is its own parent';
  if (name.length > NAME_CHARS_MAX) return `its name has more than ${NAME_CHARS_MAX} characters`;
  if (endNs !== 0n && endNs < startNs) return 'it ends before it begins';
  return undefined;
}

function isId(id: string, digits: number): boolean {
  return id.length === digits && /^[0-9a-f]+$/.test(id) && !/^0+$/.test(id);
}
