import { useQuery } from '@tanstack/react-query';
import { Link, Outlet, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { ReactElement } from 'react';
import type { ServerAnswer } from '../api/answer.ts';
import { ApiError } from '../api/api-error.ts';
import { fallbackInterval, inboxQuery, serverQuery, statusQuery } from '../api/queries.ts';
import { boardSearch } from '../board/board-search.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { Mark } from '../components/mark.tsx';
import { SignIn } from '../session/sign-in.tsx';
import { SignOut } from '../session/sign-out.tsx';
import { LiveSign } from './live-sign.tsx';
import { LiveProvider, useLive } from './live.tsx';
import { ThemeToggle } from './theme-toggle.tsx';
import { classNames } from '../components/class-names.ts';

const isSignedOut = (error: unknown): boolean => error instanceof ApiError && error.status === 401;

/** What stands around every page; the sign-in form where the server asks for it. */
export function Shell(): ReactElement {
  const server = useQuery(serverQuery);
  const status = useQuery({ ...statusQuery, enabled: server.data?.signedIn === true });
  const info = server.data;
  if (
    isSignedOut(server.error) ||
    isSignedOut(status.error) ||
    (info?.signInNeeded === true && !info.signedIn)
  ) {
    return <SignIn />;
  }
  // Nothing is asked before it is known whether the server wants a sign-in.
  if (server.isPending) return <></>;
  return (
    <LiveProvider>
      <PageFocus />
      <Header server={info} />
      <main
        id="content"
        tabIndex={-1}
        className="outline-none mx-auto w-full max-w-[100rem] px-4 pt-6 pb-24 sm:px-6"
      >
        {server.error === null ? (
          <Outlet />
        ) : (
          <ErrorNote
            what="The server could not be read"
            error={server.error}
            onRetry={() => void server.refetch()}
          />
        )}
      </main>
    </LiveProvider>
  );
}

function Header({ server }: { readonly server: ServerAnswer | undefined }): ReactElement {
  return (
    <header className="sticky top-0 z-10 border-b border-line bg-surface">
      <a
        href="#content"
        className={classNames(
          'absolute top-2 left-2 z-10 -translate-y-16 rounded-medium bg-accent px-3',
          'py-1.5 text-scan text-accent-ink focus:translate-y-0',
        )}
      >
        Skip to the board
      </a>
      <div
        className={classNames(
          'mx-auto flex min-h-12 max-w-[100rem] flex-wrap items-center gap-x-2 px-4',
          'sm:gap-x-3 sm:px-6',
        )}
      >
        <Link to="/" className="flex items-center gap-2 rounded-small text-head font-semibold tracking-tight">
          <Mark size={22} />
          <span className="max-[30rem]:sr-only">Tend</span>
        </Link>
        <InboxLink />
        <Link
          to="/incidents"
          className={classNames(
            'inline-flex h-7 items-center rounded-medium px-2 text-scan text-ink-soft',
            'hover:bg-sunken hover:text-ink',
          )}
        >
          Incidents
        </Link>
        <div className="ml-auto flex items-center gap-1 sm:gap-3">
          <LiveSign />
          {server === undefined ? null : (
            <span className="figures hidden text-small text-ink-faint sm:inline">{server.version}</span>
          )}
          <ThemeToggle />
          {server?.signedIn === true && server.signInNeeded ? <SignOut name={server.principal.name} /> : null}
        </div>
      </div>
    </header>
  );
}

/** A page that was come to by a link takes the focus: it was on the link, which is gone. */
function PageFocus(): null {
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe('onRendered', ({ fromLocation, pathChanged }) => {
        if (fromLocation !== undefined && pathChanged) document.getElementById('content')?.focus();
      }),
    [router],
  );
  return null;
}

function InboxLink(): ReactElement | null {
  const { live } = useLive();
  const inbox = useQuery({ ...inboxQuery, refetchInterval: fallbackInterval(live) });
  const count = inbox.data?.items.length ?? 0;
  if (count === 0) return null;
  return (
    <Link
      to="/"
      search={(known) => boardSearch(known)}
      hash="needs-you"
      onClick={() => document.getElementById('needs-you-title')?.focus()}
      className={classNames(
        'ml-1 inline-flex h-7 items-center gap-1.5 rounded-medium bg-wait-tint px-2.5',
        'text-scan font-medium text-wait hover:underline sm:ml-3',
      )}
    >
      Needs you <span className="figures">{count}</span>
    </Link>
  );
}
