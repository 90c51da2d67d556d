import { useEffect, useState } from 'react';

/** How often shown ages are renewed, in milliseconds: their smallest unit is a minute. */
const TICK_MS = 30_000;

/** The present time in milliseconds UTC, renewed twice a minute. The only reading of the clock in the UI. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
