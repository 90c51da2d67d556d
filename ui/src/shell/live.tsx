import { useQueryClient } from '@tanstack/react-query';
import { createContext, use, useEffect, useMemo, useRef, useState } from 'react';
import type { ReactElement, ReactNode } from 'react';
import type { Change, StatusAnswer } from '../api/answer.ts';
import { applyChange } from '../api/apply-change.ts';
import { watchChanges } from '../api/change-stream.ts';
import { LOOP } from '../api/loop-queries.ts';
import { inboxQuery, statusQuery } from '../api/queries.ts';
import { STAGE_TITLES } from '../board/stage-title.ts';
import { useToast } from '../components/toast.tsx';
import { VERDICT_WORDS } from '../evidence/verdict-word.ts';

/** What a project's running stage says of itself. */
export interface Progress {
  readonly text: string;
  /** 0..1; undefined where the end is not known. */
  readonly share: number | undefined;
}

interface Live {
  /** Do changes arrive? Until they do, the queries ask by themselves. */
  readonly live: boolean;
  readonly progress: ReadonlyMap<string, Progress>;
}

const Context = createContext<Live>({ live: false, progress: new Map() });

export function useLive(): Live {
  return use(Context);
}

/**
 * Gathers the refetches of a burst of changes into one, in milliseconds. A stream that never rests is
 * followed at this pace.
 */
const GATHER_MS = 300;

/** Listens to the server's changes and keeps what is shown up to date with them. */
export function LiveProvider({ children }: { readonly children: ReactNode }): ReactElement {
  const client = useQueryClient();
  const { announce } = useToast();
  const [live, setLive] = useState(false);
  const [progress, setProgress] = useState<ReadonlyMap<string, Progress>>(new Map());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    function refetchSoon(): void {
      if (timer.current !== undefined) return;
      timer.current = setTimeout(() => {
        timer.current = undefined;
        void client.invalidateQueries({ queryKey: statusQuery.queryKey });
        void client.invalidateQueries({ queryKey: ['stage'] });
        void client.invalidateQueries({ queryKey: inboxQuery.queryKey });
        void client.invalidateQueries({ queryKey: [LOOP] });
      }, GATHER_MS);
    }

    function onChange(change: Change): void {
      if (change.kind === 'inbox') {
        refetchSoon();
        return;
      }
      if (change.kind === 'progress') {
        const said: Progress = { text: change.text, share: change.share };
        setProgress((known) => new Map(known).set(change.project, said));
        return;
      }
      client.setQueryData<StatusAnswer>(statusQuery.queryKey, (status) =>
        status === undefined ? status : applyChange(status, change),
      );
      setProgress((known) => withoutProject(known, change.project));
      if (change.verdict !== 'running') {
        announce(`${change.project}, ${STAGE_TITLES[change.stage]}: ${VERDICT_WORDS[change.verdict]}`);
      }
      refetchSoon();
    }

    const stop = watchChanges({
      onChange,
      onLive: (open) => {
        setLive(open);
        // Whatever happened while nobody listened is fetched.
        if (open) void client.invalidateQueries();
      },
    });
    return () => {
      clearTimeout(timer.current);
      timer.current = undefined;
      stop();
    };
  }, [client, announce]);

  const value = useMemo(() => ({ live, progress }), [live, progress]);
  return <Context value={value}>{children}</Context>;
}

/** A stage that begins or ends makes what was said of the one before it untrue. */
function withoutProject(
  known: ReadonlyMap<string, Progress>,
  project: string,
): ReadonlyMap<string, Progress> {
  if (!known.has(project)) return known;
  const rest = new Map(known);
  rest.delete(project);
  return rest;
}
