import type { ReactElement } from 'react';
import { VERDICT_WORDS } from '../evidence/verdict-word.ts';
import type { ShownVerdict } from '../evidence/verdict-word.ts';
import { VERDICT_COLOURS, VerdictSymbol } from './verdict-symbol.tsx';

/** A verdict in a line of text: symbol, word, colour. */
export function Verdict({ verdict }: { readonly verdict: ShownVerdict }): ReactElement {
  return (
    <span className={`inline-flex items-center gap-1.5 text-scan font-medium ${VERDICT_COLOURS[verdict]}`}>
      <VerdictSymbol verdict={verdict} size={16} />
      {VERDICT_WORDS[verdict]}
    </span>
  );
}
