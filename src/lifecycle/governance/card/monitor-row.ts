import { span, valueText } from '../document/fact-parts.ts';
import type { CardFacts } from './card-facts.ts';
import { figureText } from './figure-text.ts';

/** Columns of `monitorRow`. */
export const MONITOR_COLUMNS = ['monitor', 'window', 'value (interval)', 'bound', 'verdict'] as const;

/** The last window of a monitor as a row of a table. */
export function monitorRow(window: CardFacts['windows'][number]): (string | null)[] {
  return [
    window.monitor,
    span(window.from_at, window.to_at),
    figureText(window),
    window.bound === null ? null : valueText(window.bound),
    window.verdict,
  ];
}
