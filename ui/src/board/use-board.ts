import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { BoardPlace } from './board-place.ts';
import type { BoardSearch } from './board-search.ts';

interface BoardNavigation {
  readonly search: BoardSearch;
  /** Opens a cell. Walking on replaces the entry of the history, so that Back leads out of the panel. */
  readonly open: (place: BoardPlace, options?: { readonly replace: boolean }) => void;
  /** Opens one piece of evidence of the open cell; undefined: the one shown first. */
  readonly openEvidence: (id: string) => void;
  readonly close: () => void;
}

/** What is open on the board, and the ways to change it. All of it is in the URL. */
export function useBoard(): BoardNavigation {
  const search = useSearch({ from: '/' });
  const navigate = useNavigate({ from: '/' });
  const open = useCallback(
    (place: BoardPlace, options = { replace: false }) =>
      void navigate({ search: { ...place }, replace: options.replace, resetScroll: false }),
    [navigate],
  );
  const openEvidence = useCallback(
    (evidence: string) =>
      void navigate({ search: (known) => ({ ...known, evidence }), replace: true, resetScroll: false }),
    [navigate],
  );
  const close = useCallback(() => void navigate({ search: {}, resetScroll: false }), [navigate]);
  return { search, open, openEvidence, close };
}
