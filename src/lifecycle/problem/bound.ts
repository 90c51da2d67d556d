import { parseDuration } from '../../kernel/duration.ts';

/** A bound that stands by itself, or one that leans on another figure of the same metric. */
export type Bound =
  | { readonly kind: 'value'; readonly value: number }
  | { readonly kind: 'relative'; readonly to: 'baseline' | 'test' | 'champion'; readonly offset: number };

/**
 * Reads `0.66`, `0.1%`, `50ms` (in milliseconds), `baseline + 0.03`, `test - 0.02`; undefined for other
 * text.
 */
export function parseBound(bound: number | string): Bound | undefined {
  if (typeof bound === 'number') return { kind: 'value', value: bound };
  const text = bound.trim();
  const relative = /^(baseline|test|champion)(?:\s*([+-])\s*(\d+(?:\.\d+)?))?$/.exec(text);
  if (relative !== null) {
    const [, to, sign, amount] = relative;
    const offset = amount === undefined ? 0 : Number(amount) * (sign === '-' ? -1 : 1);
    return { kind: 'relative', to: to as 'baseline' | 'test' | 'champion', offset };
  }
  const percent = /^(-?\d+(?:\.\d+)?)%$/.exec(text);
  if (percent !== null) return { kind: 'value', value: Number(percent[1]) / 100 };
  const duration = parseDuration(text);
  if (duration !== undefined) return { kind: 'value', value: duration };
  return /^-?\d+(\.\d+)?$/.test(text) ? { kind: 'value', value: Number(text) } : undefined;
}

/** The number a bound comes to, given the figures it may lean on; undefined while that figure is missing. */
export function resolveBound(
  bound: number | string,
  figures: Readonly<Partial<Record<'baseline' | 'test' | 'champion', number>>>,
): number | undefined {
  const parsed = parseBound(bound);
  if (parsed === undefined) return undefined;
  if (parsed.kind === 'value') return parsed.value;
  const figure = figures[parsed.to];
  return figure === undefined ? undefined : figure + parsed.offset;
}
