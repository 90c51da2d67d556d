/** What of the timeline is in the URL. */
export interface TimelineSearch {
  readonly criterion?: string;
}

/** Reads the query of the URL; whatever does not fit is dropped. */
export function timelineSearch(search: Readonly<Record<string, unknown>>): TimelineSearch {
  const { criterion } = search;
  return typeof criterion === 'string' && criterion !== '' ? { criterion } : {};
}
