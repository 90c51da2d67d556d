import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReactElement } from 'react';
import type { Evidence } from '../api/answer.ts';
import { evidenceQuery } from '../api/queries.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { EvidenceCard } from './evidence-card.tsx';

/** Pieces of evidence by id, in this order; what could not be read is left out and told of. */
export function useEvidence(ids: readonly string[]): {
  readonly found: readonly Evidence[];
  readonly loading: boolean;
  readonly error: Error | null;
} {
  return useQueries({
    queries: ids.map((id) => evidenceQuery(id)),
    combine: (results) => ({
      found: results.flatMap(({ data }) => (data === undefined ? [] : [data])),
      loading: results.some(({ isPending }) => isPending),
      error: results.find(({ error }) => error !== null)?.error ?? null,
    }),
  });
}

interface EvidenceStackProps {
  readonly evidence: readonly Evidence[];
  readonly loading: boolean;
  readonly error: Error | null;
  /** Unfolded at first. */
  readonly opens: (evidence: Evidence) => boolean;
}

/** Pieces of evidence one below the other, each to be folded and unfolded by itself. */
export function EvidenceStack({ evidence, loading, error, opens }: EvidenceStackProps): ReactElement {
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set());
  return (
    <>
      {error === null ? null : <ErrorNote what="Some evidence could not be read" error={error} />}
      {evidence.length === 0 && loading ? <Skeleton lines={4} what="the evidence" /> : null}
      <ul className="flex flex-col gap-2">
        {evidence.map((one) => (
          <EvidenceCard
            key={one.id}
            evidence={one}
            level="h3"
            open={opens(one) !== turned.has(one.id)}
            onToggle={() => setTurned((known) => withToggled(known, one.id))}
          />
        ))}
      </ul>
    </>
  );
}

function withToggled(known: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(known);
  if (!next.delete(id)) next.add(id);
  return next;
}
