import type { ReactElement } from 'react';
import { useLive } from './live.tsx';

/** Says whether what is shown follows the server by itself. */
export function LiveSign(): ReactElement {
  const { live } = useLive();
  return (
    <span className="inline-flex items-center gap-1.5 text-small text-ink-faint">
      <svg
        width="8"
        height="8"
        viewBox="0 0 8 8"
        aria-hidden="true"
        className={live ? 'text-pass' : 'text-wait'}
      >
        <circle
          cx="4"
          cy="4"
          r="3"
          fill={live ? 'currentColor' : 'none'}
          stroke="currentColor"
          strokeWidth="1.5"
        />
      </svg>
      {/* On a phone the full dot says it; only what is wrong takes the room of a word. */}
      <span className={live ? 'max-[30rem]:sr-only' : ''}>{live ? 'Live' : 'Reconnecting'}</span>
    </span>
  );
}
