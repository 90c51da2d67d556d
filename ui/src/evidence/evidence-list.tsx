import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { Evidence } from '../api/answer.ts';
import { evidenceQuery } from '../api/queries.ts';
import { useBoard } from '../board/use-board.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { EvidenceCard } from './evidence-card.tsx';

/** What the URL says where every piece is folded. */
const NONE = 'none';

/**
 * The pieces of evidence of a stage, one of them unfolded: that of the URL, else the first failed, else
 * the first.
 */
export function EvidenceList({ evidence }: { readonly evidence: readonly Evidence[] }): ReactElement {
  const { search, openEvidence } = useBoard();
  const first = evidence.find(({ verdict }) => verdict === 'fail') ?? evidence[0];
  const open = search.evidence ?? first?.id ?? NONE;
  const elsewhere = open !== NONE && !evidence.some(({ id }) => id === open);
  return (
    <section aria-labelledby="evidence-title">
      <h3 id="evidence-title" className="label mb-2">
        Evidence
      </h3>
      {elsewhere ? <EarlierEvidence id={open} /> : null}
      {evidence.length === 0 ? <p className="text-scan text-ink-faint">None yet.</p> : null}
      <ul className="flex flex-col gap-2">
        {evidence.map((one) => (
          <EvidenceCard
            key={one.id}
            evidence={one}
            open={one.id === open}
            onToggle={() => openEvidence(one.id === open ? NONE : one.id)}
          />
        ))}
      </ul>
    </section>
  );
}

/** A link may name evidence that newer evidence has replaced: it is still there to be read. */
function EarlierEvidence({ id }: { readonly id: string }): ReactElement | null {
  const found = useQuery(evidenceQuery(id));
  const { openEvidence } = useBoard();
  if (found.error !== null)
    return <ErrorNote what="The linked evidence could not be read" error={found.error} />;
  if (found.data === undefined) return null;
  return (
    <div className="mb-4">
      <p className="mb-1.5 text-small text-ink-faint">From an earlier time:</p>
      <ul>
        <EvidenceCard evidence={found.data} open onToggle={() => openEvidence(NONE)} />
      </ul>
    </div>
  );
}
