import { useQueryClient } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { errorText } from '../api/api-error.ts';
import { call } from '../api/call.ts';
import { Button } from '../components/button.tsx';
import { useToast } from '../components/toast.tsx';

/** Ends the session of the named account and shows the sign-in form again. */
export function SignOut({ name }: { readonly name: string }): ReactElement {
  const client = useQueryClient();
  const { show } = useToast();
  async function signOut(): Promise<void> {
    try {
      await call('session.delete', {});
      await client.resetQueries();
    } catch (error) {
      show(errorText(error).message);
    }
  }
  return (
    <>
      <span className="hidden max-w-40 truncate text-small text-ink-soft sm:inline">{name}</span>
      <Button tone="quiet" onClick={() => void signOut()}>
        Sign out
      </Button>
    </>
  );
}
