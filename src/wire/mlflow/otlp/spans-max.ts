/** Spans in one request; exporters send 512 at once unless told otherwise. */
export const SPANS_MAX = 10_000;
