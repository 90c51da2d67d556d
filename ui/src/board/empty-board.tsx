import type { ReactElement } from 'react';
import { CopyLine } from '../components/copy-line.tsx';
import { VerdictSymbol } from '../components/verdict-symbol.tsx';
import { STAGE_ORDER, STAGE_TITLES } from './stage-title.ts';
import { classNames } from '../components/class-names.ts';

/** What stands where the first project will be. */
export function EmptyBoard(): ReactElement {
  return (
    <section
      className={classNames(
        'rounded-large border border-dashed border-line-strong/60 bg-surface px-6 py-12',
        'text-center',
      )}
    >
      <div className="mx-auto flex w-fit items-center gap-1.5" aria-hidden="true">
        {STAGE_ORDER.map((stage) => (
          <VerdictSymbol key={stage} verdict="none" size={14} />
        ))}
      </div>
      <h2 className="mt-5 text-head font-semibold">No project yet</h2>
      <p className="mx-auto mt-1 max-w-md text-ink-soft">
        A project is one decision to be made by models. Its life, from problem to{' '}
        {STAGE_TITLES.decommissioning.toLowerCase()}, appears here as soon as there is a{' '}
        <code>tend.yaml</code>.
      </p>
      <div className="mt-5 flex flex-wrap justify-center gap-2">
        <CopyLine text="tend init" what="command" prompt />
        <CopyLine text="tend apply" what="command" prompt />
      </div>
    </section>
  );
}
