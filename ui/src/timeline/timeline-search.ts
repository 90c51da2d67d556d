/** What of the timeline is in the URL. */
export interface TimelineSearch {
  readonly criterion?: string | undefined;
}

/** Reads the query of the URL. What does not fit is undefined, so that the router does not keep it. */
export function timelineSearch(search: Readonly<Record<string, unknown>>): TimelineSearch {
  const { criterion } = search;
  return { criterion: typeof criterion === 'string' && criterion !== '' ? criterion : undefined };
}
