import { useQueryClient } from '@tanstack/react-query';
import { useActionState } from 'react';
import type { ReactElement } from 'react';
import { errorText } from '../api/api-error.ts';
import { call } from '../api/call.ts';
import { Button } from '../components/button.tsx';
import { Mark } from '../components/mark.tsx';

interface Attempt {
  readonly name: string;
  readonly failure: string;
}

/** The form for name and password. The password goes to the server and is kept nowhere. */
export function SignIn(): ReactElement {
  const client = useQueryClient();
  const [attempt, submit, pending] = useActionState(
    async (_: Attempt, form: FormData): Promise<Attempt> => {
      const name = textOf(form, 'name');
      try {
        await call('session.create', { name, password: textOf(form, 'password') });
        await client.resetQueries();
        return { name, failure: '' };
      } catch (error) {
        return { name, failure: errorText(error).message };
      }
    },
    { name: '', failure: '' },
  );
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-80 flex-col justify-center px-4 pb-24">
      <Mark size={32} />
      <h1 className="mt-5 text-title font-semibold tracking-tight">Sign in to Tend</h1>
      <form action={submit} className="mt-6 flex flex-col gap-4">
        <Field label="Name" name="name" type="text" autoComplete="username" initial={attempt.name} />
        <Field label="Password" name="password" type="password" autoComplete="current-password" initial="" />
        <p role="alert" className="min-h-5 text-scan text-fail empty:min-h-0">
          {attempt.failure}
        </p>
        <Button type="submit" tone="primary" disabled={pending}>
          {pending ? 'Signing in…' : 'Sign in'}
        </Button>
      </form>
    </main>
  );
}

interface FieldProps {
  readonly label: string;
  readonly name: string;
  readonly type: string;
  readonly autoComplete: string;
  readonly initial: string;
}

function Field({ label, name, type, autoComplete, initial }: FieldProps): ReactElement {
  return (
    <label className="flex flex-col gap-1.5 text-scan font-medium">
      {label}
      <input
        name={name}
        type={type}
        required
        autoComplete={autoComplete}
        defaultValue={initial}
        className="h-9 rounded-medium border border-line-strong bg-surface px-2.5 text-read font-normal"
      />
    </label>
  );
}

function textOf(form: FormData, field: string): string {
  const value = form.get(field);
  return typeof value === 'string' ? value : '';
}
