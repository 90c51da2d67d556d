import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { Candidate, Evidence, Stage } from '../api/answer.ts';
import { cardAddress } from '../api/card-address.ts';
import { candidatesQuery, endpointsQuery } from '../api/loop-queries.ts';
import { fallbackInterval } from '../api/queries.ts';
import { candidateName, candidateState, candidateTone, windowText } from '../board/cell-badges.ts';
import { STAGE_ORDER, STAGE_TITLES } from '../board/stage-title.ts';
import { Comments } from '../comments/comments.tsx';
import { classNames } from '../components/class-names.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { LINK_CLASS } from '../components/link-class.ts';
import { Moment } from '../components/moment.tsx';
import { PageHead } from '../components/page-head.tsx';
import { Section } from '../components/section.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { ToneBadge } from '../components/tone-badge.tsx';
import { EvidenceStack, useEvidence } from '../evidence/evidence-stack.tsx';
import { FigureView } from '../evidence/figure-view.tsx';
import { NotFound } from '../shell/not-found.tsx';
import { useLive } from '../shell/live.tsx';
import { comparisonFigure } from './comparison-figure.ts';
import { trainedWindows } from './trained-windows.ts';
import { WindowsView } from './windows-view.tsx';

/** One candidate: why it was promoted or refused, as a picture, and all evidence for it. */
export function CandidatePage(): ReactElement {
  const { project, candidate: id } = useParams({ from: '/projects/$project/candidates/$candidate' });
  const { live } = useLive();
  const candidates = useQuery({ ...candidatesQuery(project), refetchInterval: fallbackInterval(live) });
  if (candidates.data === undefined) {
    return candidates.error === null ? (
      <Skeleton lines={6} what="the candidate" />
    ) : (
      <ErrorNote
        what="The candidate could not be read"
        error={candidates.error}
        onRetry={() => void candidates.refetch()}
      />
    );
  }
  const candidate = candidates.data.items.find((one) => one.id === id);
  if (candidate === undefined) return <NotFound />;
  return <Shown candidate={candidate} round={candidates.data.items} />;
}

interface ShownProps {
  readonly candidate: Candidate;
  readonly round: readonly Candidate[];
}

function Shown({ candidate, round }: ShownProps): ReactElement {
  const evidence = useEvidence(candidate.evidence);
  const figure = comparisonFigure(candidate, round);
  const comparison = evidence.found.find(({ kind }) => kind === 'comparison');
  const windows = comparison === undefined ? [] : trainedWindows(comparison.body, candidate.version);
  const refused = candidate.state === 'refused' || candidate.state === 'failed';
  return (
    <>
      <Head candidate={candidate} />
      <div className="flex max-w-5xl min-w-0 flex-col gap-8">
        <section
          aria-labelledby="why"
          className={classNames('rounded-large p-4 sm:p-5', refused ? 'bg-wait-tint' : 'bg-sunken')}
        >
          <h2 id="why" className="text-head font-semibold">
            {refused ? 'Why it was refused' : 'Why'}
          </h2>
          <p className="mt-1 max-w-prose wrap-anywhere">{candidate.reason}</p>
        </section>
        {figure === undefined ? null : (
          <Section title="Beside the champion">
            <FigureView figure={figure} />
          </Section>
        )}
        {windows.length === 0 ? null : (
          <Section title="Trained and judged on">
            <WindowsView rows={windows} />
          </Section>
        )}
        <EvidenceByStage {...evidence} />
        <Section title="Comments">
          <Comments project={candidate.project} subject={candidate.id} />
        </Section>
      </div>
    </>
  );
}

function Head({ candidate }: { readonly candidate: Candidate }): ReactElement {
  const endpoints = useQuery(endpointsQuery);
  const { project, window, version, model, at } = candidate;
  const named = version === null ? '' : ` ${candidateName(candidate)}`;
  return (
    <PageHead
      title={`${model}${named}, trained on ${windowText(window)}`}
      path={[
        <Link key="board" to="/" className={LINK_CLASS}>
          Board
        </Link>,
        <Link key="project" to="/" search={{ project, stage: 'retraining' }} className={LINK_CLASS}>
          {project}
        </Link>,
        <Link key="timeline" to="/projects/$project/timeline" params={{ project }} className={LINK_CLASS}>
          Timeline
        </Link>,
      ]}
    >
      <ToneBadge tone={candidateTone(candidate)}>
        {candidateState(candidate, endpoints.data?.items ?? [])}
      </ToneBadge>
      <span>
        candidate of <Moment at={at} />
      </span>
      {version === null ? null : (
        <a href={cardAddress(model, version)} target="_blank" rel="noreferrer" className={LINK_CLASS}>
          Model card
        </a>
      )}
    </PageHead>
  );
}

/** What speaks for or against it is open: the refusal, and whatever failed. */
function opens({ kind, verdict }: Evidence): boolean {
  return kind === 'refusal' || verdict === 'fail';
}

function EvidenceByStage(evidence: ReturnType<typeof useEvidence>): ReactElement {
  const { found, loading, error } = evidence;
  const stages = decidingFirst(found);
  return (
    <>
      {stages.map((stage) => (
        <Section key={stage} title={`Evidence: ${STAGE_TITLES[stage]}`}>
          <EvidenceStack
            evidence={found.filter((one) => one.stage === stage)}
            loading={false}
            error={null}
            opens={opens}
          />
        </Section>
      ))}
      {error !== null || (loading && found.length === 0) ? (
        <EvidenceStack evidence={[]} loading={loading} error={error} opens={opens} />
      ) : null}
    </>
  );
}

/** Retraining decides, so it comes first; the others follow in the order of the life. */
function decidingFirst(found: readonly Evidence[]): readonly Stage[] {
  const there = STAGE_ORDER.filter((stage) => found.some((one) => one.stage === stage));
  return there.toSorted((a, b) => Number(b === 'retraining') - Number(a === 'retraining'));
}
