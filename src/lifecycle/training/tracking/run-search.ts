import type { NumberTest, TextTest } from './comparison.ts';

/** Attributes of a run by which it is found and ordered. */
export type RunAttribute =
  | 'id'
  | 'name'
  | 'state'
  | 'user'
  | 'started'
  | 'ended'
  | 'artifact-uri'
  | 'experiment';

/** One condition on a run. */
export type RunCondition =
  | { readonly on: 'metric'; readonly key: string; readonly test: NumberTest }
  | { readonly on: 'param' | 'tag'; readonly key: string; readonly test: TextTest }
  | { readonly on: 'attribute'; readonly attribute: RunAttribute; readonly test: TextTest }
  | { readonly on: 'time'; readonly attribute: 'started' | 'ended'; readonly test: NumberTest }
  | { readonly on: 'dataset'; readonly attribute: 'name' | 'digest' | 'context'; readonly test: TextTest };

/** What runs are ordered by; runs without the value come last, whichever way. */
export interface RunOrder {
  readonly by:
    | { readonly on: 'metric' | 'param' | 'tag'; readonly key: string }
    | { readonly on: 'attribute'; readonly attribute: RunAttribute };
  readonly descending: boolean;
}

/** Which runs, in which order, from where on. Runs that order alike come newest first. */
export interface RunSearch {
  readonly experimentIds: readonly number[];
  readonly show: 'active' | 'deleted' | 'all';
  readonly conditions: readonly RunCondition[];
  readonly order: readonly RunOrder[];
  readonly limit: number;
  readonly after?: RunCursor;
}

/** The keys by which the last run of a page was ordered; null for a value that it does not have. */
export interface RunCursor {
  readonly keys: readonly (string | number | null)[];
  readonly startedAt: number;
  readonly id: string;
}
