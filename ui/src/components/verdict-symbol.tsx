import type { ReactElement } from 'react';
import type { ShownVerdict } from '../evidence/verdict-word.ts';

/** Colour of each verdict, for symbol and word alike. */
export const VERDICT_COLOURS: Readonly<Record<ShownVerdict, string>> = {
  pass: 'text-pass',
  fail: 'text-fail',
  waiting: 'text-wait',
  running: 'text-accent',
  stale: 'text-wait',
  skipped: 'text-ink-faint',
  none: 'text-ink-faint',
  info: 'text-ink-soft',
};

/** Each verdict has its own outline, so that it can be told apart without colour. */
function outline(verdict: ShownVerdict): ReactElement {
  switch (verdict) {
    case 'pass':
      return <path d="M5.3 9.2l2.5 2.5 5-5.4" />;
    case 'fail':
      return (
        <>
          <circle cx="9" cy="9" r="8" className="fill-current stroke-none" />
          <path d="M6.3 6.3l5.4 5.4M11.7 6.3l-5.4 5.4" className="stroke-surface" />
        </>
      );
    case 'waiting':
      return <path d="M7 6v6M11 6v6" />;
    case 'running':
      return <path d="M9 3.9a5.1 5.1 0 015.1 5.1" className="origin-center animate-spin" />;
    case 'stale':
      return <path d="M9 5.6V9l2.2 1.5" />;
    case 'skipped':
      return <path d="M5.6 9h6.8" />;
    case 'info':
      return <path d="M9 8.4v4M9 5.7v.1" />;
    case 'none':
      return <></>;
  }
}

const RING_DASH: Partial<Record<ShownVerdict, string>> = { none: '1.5 3.2', stale: '4.2 2.1' };

/** The symbol of a verdict, 18 px; decorative, as the word always stands beside it. */
export function VerdictSymbol({
  verdict,
  size = 18,
}: {
  readonly verdict: ShownVerdict;
  readonly size?: number;
}): ReactElement {
  return (
    <svg
      className={`shrink-0 ${VERDICT_COLOURS[verdict]}`}
      width={size}
      height={size}
      viewBox="0 0 18 18"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {verdict === 'fail' ? null : (
        <circle
          cx="9"
          cy="9"
          r="7.8"
          strokeWidth="1.3"
          strokeDasharray={RING_DASH[verdict]}
          className={verdict === 'running' ? 'opacity-45' : ''}
        />
      )}
      {outline(verdict)}
    </svg>
  );
}
