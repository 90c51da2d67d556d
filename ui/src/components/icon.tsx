import type { ReactElement } from 'react';

/** Outlines of the symbols, on a 16 px grid with a 1.5 px stroke. */
const PATHS = {
  close: 'M4 4l8 8M12 4l-8 8',
  copy: 'M5.5 5.5h7v7h-7zM10.5 5.5v-2h-7v7h2',
  check: 'M3.5 8.5l3 3 6-7',
  previous: 'M10 3.5L5.5 8l4.5 4.5',
  next: 'M6 3.5L10.5 8 6 12.5',
  down: 'M3.5 6L8 10.5 12.5 6',
  sun: [
    'M8 5.2a2.8 2.8 0 100 5.6 2.8 2.8 0 000-5.6M8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1',
    'M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7',
  ].join(''),
  moon: 'M13 9.6A5.5 5.5 0 016.4 3a5.5 5.5 0 106.6 6.6z',
  system: 'M2 3h12v8H2zM6 13.5h4',
  approval: 'M8 2l5 2v4c0 3-2.2 5-5 6-2.8-1-5-3-5-6V4zM5.8 8l1.6 1.6L10.4 6.4',
  clock: 'M8 2a6 6 0 100 12A6 6 0 008 2M8 4.8V8l2.2 1.6',
  alert: 'M8 2.2L14.2 13H1.8zM8 6.2v3.2M8 11.2v.1',
  box: 'M2.5 5L8 2.2 13.5 5v6L8 13.8 2.5 11zM2.5 5L8 7.8 13.5 5M8 7.8v6',
} as const;

export type IconName = keyof typeof PATHS;

/** A decorative symbol; the words beside it, or the label of its button, say the same. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }): ReactElement {
  return (
    <svg className="shrink-0" width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
