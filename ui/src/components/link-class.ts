/** How a link in a line of text looks; at least 24 px high for a finger. */
export const LINK_CLASS = [
  'inline-flex min-h-6 items-center rounded-small underline decoration-line-strong',
  'underline-offset-2 hover:text-ink',
].join(' ');
