import { TendError } from '../../kernel/error.ts';
import { isLoopback } from '../../kernel/loopback.ts';

/**
 * Refuses to listen where strangers can connect while nobody needs to sign in.
 * @throws NOT_ALLOWED
 */
export function assertMayBind(host: string, signInNeeded: boolean): void {
  if (signInNeeded || isLoopback(host)) return;
  throw new TendError(
    'NOT_ALLOWED',
    `without an account the server listens on the loopback only, not on ${host}`,
    {
      hint: 'Set TEND_ADMIN_USER and TEND_ADMIN_PASSWORD (or …_PASSWORD_FILE), or use --host 127.0.0.1.',
    },
  );
}
