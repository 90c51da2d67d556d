import type { Difference } from './compare-answers.ts';

/** Places at which we answer otherwise on purpose. One that no longer occurs has to go. */
export interface KnownDifference {
  readonly call: string | RegExp;
  readonly member: string | RegExp;
  readonly reason: string;
}

const STATUS = 'status';

/** A whole answer that is no JSON there. */
const WHOLE = /^(?:text|error_code|message|status|version)$/;

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  { call: /./, member: /(?:^|\.)workspace$/, reason: 'of workspaces, which we say that we have not' },
  { call: /./, member: /^(?:sqlstate|error_class)$/, reason: 'newer than the API that we say we answer' },
  { call: /./, member: /_time$/, reason: 'the default experiment is part of the first schema' },
  { call: 'what the server is', member: /./, reason: 'what is not named is not there' },
  { call: 'its health', member: WHOLE, reason: 'ours says the version too; clients read the status alone' },
  { call: /^a call that is none$/, member: WHOLE, reason: 'theirs is a page; clients look for the code' },
  { call: 'a method that is none', member: STATUS, reason: 'no endpoint is what clients look for' },
  { call: /^put/, member: 'text', reason: 'theirs is empty; ours is an empty object, as of old' },

  {
    call: 'a location with a way out',
    member: STATUS,
    reason: 'CVE-2024-1594: a location stays in its place',
  },
  {
    call: 'put with a backslash',
    member: STATUS,
    reason: 'CVE-2023-2780: a backslash is a way out elsewhere',
  },

  { call: 'rename to a name that is taken', member: 'error_code', reason: 'as for a new one of that name' },
  { call: 'tag without a value', member: STATUS, reason: 'a value that is missing is no empty one' },
  { call: 'find experiments without a limit', member: STATUS, reason: 'the documented limit applies then' },
  { call: 'a body that is a list', member: STATUS, reason: 'a mistake of a client is no 500' },
  { call: 'begin a run without an experiment', member: STATUS, reason: 'the documented default applies' },
  { call: /^find runs: by a list/, member: STATUS, reason: 'lists are taken for every text of a run' },
  {
    call: 'find runs: by the order of NaN',
    member: /^runs\[\]/,
    reason: 'runs of NaN stand last with those without the metric, newest first; theirs before these',
  },
  { call: 'a metric of true', member: STATUS, reason: 'true is no number' },
  {
    call: 'a metric at half a step',
    member: STATUS,
    reason: 'there are no half steps; theirs drops the half',
  },
  { call: 'begin an upload in parts', member: STATUS, reason: 'theirs has parts on object stores alone' },
  { call: 'a dataset without a name', member: STATUS, reason: 'a name that is missing is no empty one' },
  { call: 'history of no run', member: STATUS, reason: 'an id that is none is said, not hidden' },

  {
    call: /logged model/,
    member: /info\.(?:model_type|source_run_id)$/,
    reason: 'what was not said stays unset',
  },
  { call: 'the other failed', member: /info\.(?:model_type|source_run_id)$/, reason: 'the same' },
  { call: 'another value of its parameter', member: 'error_code', reason: 'as for a parameter of a run' },
  { call: 'tag the logged model', member: 'model', reason: 'declared in the protocol; theirs leaves it out' },
  { call: 'find logged models by type', member: 'models', reason: 'theirs finds none by a status' },
  {
    call: 'find logged models by what they have not',
    member: STATUS,
    reason: 'a mistake of a client is no 500',
  },
];

/** Differences that the table does not name, and lines of the table that name none. */
export function unexpected(
  differences: readonly Difference[],
  known: readonly KnownDifference[],
): readonly string[] {
  const matches = (line: KnownDifference, { call, member }: Difference): boolean =>
    fits(line.call, call) && fits(line.member, member);
  return [
    ...differences
      .filter((one) => !known.some((line) => matches(line, one)))
      .map(({ call, member, theirs, ours }) => `${call}: ${member}: ${cut(theirs)} became ${cut(ours)}`),
    ...known
      .filter((line) => !differences.some((one) => matches(line, one)))
      .map(({ call, member }) => `no longer so: ${String(call)}: ${String(member)}`),
  ];
}

function fits(pattern: string | RegExp, text: string): boolean {
  return typeof pattern === 'string' ? pattern === text : pattern.test(text);
}

function cut(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 300);
}
