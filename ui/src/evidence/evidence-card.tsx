import { useId } from 'react';
import type { ReactElement } from 'react';
import type { Evidence } from '../api/answer.ts';
import { useNow } from '../clock.ts';
import { FoldedComments } from '../comments/folded-comments.tsx';
import { Badge } from '../components/badge.tsx';
import { CopyLine } from '../components/copy-line.tsx';
import { DataList } from '../components/data-list.tsx';
import { Icon } from '../components/icon.tsx';
import { VERDICT_COLOURS, VerdictSymbol } from '../components/verdict-symbol.tsx';
import { shortHash } from '../format/hash.ts';
import { formatAgo, formatTime } from '../format/time.ts';
import { bodyParts } from './body-part.ts';
import { EvidenceBody } from './evidence-body.tsx';
import { VERDICT_WORDS } from './verdict-word.ts';
import { classNames } from '../components/class-names.ts';

interface EvidenceCardProps {
  readonly evidence: Evidence;
  readonly open: boolean;
  readonly onToggle: () => void;
  /** Level of its heading on the page: below that of the list. */
  readonly level?: 'h3' | 'h4';
}

/** One piece of evidence: its claim in a line, and everything behind it when unfolded. */
export function EvidenceCard({
  evidence,
  open,
  onToggle,
  level: Heading = 'h4',
}: EvidenceCardProps): ReactElement {
  const region = useId();
  return (
    <li className="list-none rounded-large border border-line">
      <Heading>
        <button
          type="button"
          aria-expanded={open}
          aria-controls={region}
          onClick={onToggle}
          className={classNames(
            'flex w-full items-center gap-2.5 px-3.5 py-2.5 text-left hover:bg-hover',
            open ? 'rounded-t-large' : 'rounded-large',
          )}
        >
          <VerdictSymbol verdict={evidence.verdict} />
          <span className="min-w-0 flex-1">
            <span className="block font-medium break-words">{evidence.title}</span>
            <span className="flex flex-wrap items-center gap-x-2 text-small text-ink-faint">
              <span className={`font-medium ${VERDICT_COLOURS[evidence.verdict]}`}>
                {VERDICT_WORDS[evidence.verdict]}
              </span>
              <Badge>{evidence.kind}</Badge>
            </span>
          </span>
          <span className={`text-ink-faint transition-transform ${open ? 'rotate-180' : ''}`}>
            <Icon name="down" />
          </span>
        </button>
      </Heading>
      <div id={region} hidden={!open} className="border-t border-line px-3.5 pt-4 pb-4">
        {open ? <Unfolded evidence={evidence} /> : null}
      </div>
    </li>
  );
}

function Unfolded({ evidence }: { readonly evidence: Evidence }): ReactElement {
  const now = useNow();
  const time = formatTime(evidence.createdAt);
  const ago = formatAgo(evidence.createdAt, now);
  const when = time.startsWith(ago) ? time : `${time}, ${ago}`;
  return (
    <>
      <EvidenceBody parts={bodyParts(evidence.body)} />
      <div className="mt-6 border-t border-line pt-4">
        <DataList
          items={[
            { term: 'Recorded', value: when },
            { term: 'About', value: <Hash hash={evidence.subject} what="subject hash" /> },
            { term: 'Own hash', value: <Hash hash={evidence.hash} what="evidence hash" /> },
            { term: 'Id', value: <CopyLine text={evidence.id} what="id" /> },
          ]}
        />
      </div>
      <FoldedComments project={evidence.project} subject={evidence.id} />
    </>
  );
}

function Hash({ hash, what }: { readonly hash: string; readonly what: string }): ReactElement {
  return <CopyLine text={hash} shown={shortHash(hash)} what={what} />;
}
