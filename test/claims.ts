import { after, describe, test } from 'node:test';
import type { Backend } from './backends.ts';

/** What must hold on every backend: the claim, and the test of it. */
export type Claims<C> = Readonly<Record<string, (context: C) => Promise<void>>>;

/**
 * Registers `claims` about `subject` as tests on each backend; `withContext` sets each of them up and clears
 * away.
 */
export function describeClaims<C>(
  subject: string,
  claims: Claims<C>,
  backends: readonly Backend[],
  withContext: (backend: Backend, claim: (context: C) => Promise<void>) => Promise<void>,
): void {
  for (const backend of backends) {
    describe(`${subject}: ${backend.name}`, () => {
      after(() => backend.stop());
      for (const [name, claim] of Object.entries(claims)) {
        test(name, { timeout: 60_000 }, () => withContext(backend, claim));
      }
    });
  }
}
