import { useEffect } from 'react';

/** Names the page in the window and in the history, and for a screen reader. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === '' ? 'Tend' : `${title} · Tend`;
  }, [title]);
}
