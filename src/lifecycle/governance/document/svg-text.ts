import type { Figure } from '../../../kernel/figure.ts';
import { escapeHtml } from './escape-text.ts';

/** An axis of a figure: what its numbers mean. */
export type FigureAxis = Extract<Figure, { kind: 'line' }>['x'];

/** Attribute values: numbers are rounded, texts escaped. */
export type SvgAttributes = Readonly<Record<string, string | number>>;

/** One element as text; `content` is markup that is escaped already. */
export function svgElement(name: string, attributes: SvgAttributes, content = ''): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? svgNumber(value) : escapeHtml(value)}"`)
    .join('');
  return content === '' ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

/** A label at a place. */
export function svgLabel(text: string, attributes: SvgAttributes): string {
  return svgElement('text', attributes, escapeHtml(text));
}

/** A coordinate with a tenth of a pixel. */
export function svgNumber(value: number): string {
  return Number.isFinite(value) ? String(Math.round(value * 10) / 10) : '0';
}

/** A value of an axis in words. */
export function axisText(axis: FigureAxis, value: number): string {
  if (axis.scale === 'share') return `${Number((value * 100).toPrecision(3))}%`;
  if (axis.scale === 'time') return momentText(value).slice(0, 10);
  return String(Number(value.toPrecision(4)));
}

/** What an axis measures, with its unit. */
export function axisTitle(axis: FigureAxis): string {
  return axis.unit === undefined ? axis.label : `${axis.label} (${axis.unit})`;
}

/** Milliseconds UTC as ISO 8601 to the second; what no calendar holds, as a number. */
export function momentText(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString().replace('.000Z', 'Z');
}

/** The drawing of a figure with its name for whoever does not see it. */
export function svgRoot(
  size: { readonly width: number; readonly height: number },
  name: string,
  body: string,
) {
  const box = `0 0 ${svgNumber(size.width)} ${svgNumber(size.height)}`;
  return svgElement('svg', { viewBox: box, width: size.width, role: 'img', 'aria-label': name }, body);
}

/** Strokes by which series are told apart, on paper too. */
export const DASHES = ['none', '6 3', '2 3', '8 3 2 3', '1 4', '12 4'] as const;

/** The stroke of a series in words, for its caption. */
export const DASH_NAMES = ['solid', 'dashed', 'dotted', 'dash-dot', 'sparse dots', 'long dashes'] as const;
