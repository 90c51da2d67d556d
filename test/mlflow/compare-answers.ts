import type { Answer } from './recorded-call.ts';

/** A place where two answers differ: `<call>: <member>` with what each server says there. */
export interface Difference {
  readonly call: string;
  /** `status`, or a path in the body; items of lists have no number: `runs[].info.x`. */
  readonly member: string;
  readonly theirs: unknown;
  readonly ours: unknown;
}

/** Places at which the answers of two servers to the same calls differ. Texts of refusals are free. */
export function compareAnswers(
  theirs: ReadonlyMap<string, Answer>,
  ours: ReadonlyMap<string, Answer>,
): readonly Difference[] {
  return [...theirs].flatMap(([call, answer]) => {
    const other = ours.get(call);
    if (answer.status !== other?.status)
      return [{ call, member: 'status', theirs: coded(answer), ours: coded(other) }];
    return compare(answer.body, other.body, '').map((one) => ({ call, ...one }));
  });
}

function coded(answer: Answer | undefined): string {
  const { error_code: code } = (answer?.body ?? {}) as { readonly error_code?: string };
  return `${answer?.status} ${code ?? ''}`.trim();
}

type Found = Omit<Difference, 'call'>;

function compare(theirs: unknown, ours: unknown, member: string): readonly Found[] {
  if (Array.isArray(theirs) && Array.isArray(ours)) {
    if (theirs.length !== ours.length) return [{ member: `${member}[]`, theirs, ours }];
    return unique(theirs.flatMap((one, index) => compare(one, ours[index], `${member}[]`)));
  }
  if (isObject(theirs) && isObject(ours)) {
    const names = new Set([...Object.keys(theirs), ...Object.keys(ours)]);
    const isRefusal = 'error_code' in theirs && 'error_code' in ours;
    return [...names].flatMap((name) =>
      isRefusal && name === 'message'
        ? []
        : compare(theirs[name], ours[name], member === '' ? name : `${member}.${name}`),
    );
  }
  return theirs === ours ? [] : [{ member, theirs, ours }];
}

function unique(found: readonly Found[]): readonly Found[] {
  return [...new Map(found.map((one) => [one.member, one])).values()];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
