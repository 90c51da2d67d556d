import type { Figure } from '../../../kernel/figure.ts';
import { escapeHtml } from './escape-text.ts';
import {
  type FactDocument,
  type FactPart,
  type FactSection,
  isNotStated,
  NOT_STATED,
} from './fact-document.ts';
import { svgFigure } from './svg-figure.ts';
import { DASH_NAMES, momentText } from './svg-text.ts';

/** What a page of facts may load: nothing. It stands in the page too, for copies on disk. */
export const DOCUMENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'";

const STYLE = `
:root { color-scheme: light; }
body { margin: 0 auto; max-width: 52rem; padding: 2rem 1.25rem; color: #1a1a1a; background: #fff;
  font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; border-bottom: 1px solid #ccc; }
h3 { font-size: .95rem; margin: 1rem 0 .25rem; }
dl { display: grid; grid-template-columns: minmax(8rem, 14rem) 1fr; gap: .2rem 1rem; margin: .5rem 0; }
dt { color: #555; } dd { margin: 0; white-space: pre-wrap; }
.unstated { color: #767676; font-style: italic; }
.about, .read, figcaption, .note { color: #555; font-size: .8rem; }
table { border-collapse: collapse; width: 100%; font-size: .85rem; }
th, td { text-align: left; vertical-align: top; padding: .2rem .6rem .2rem 0;
  border-bottom: 1px solid #e2e2e2; }
thead { display: table-header-group; }
figure { margin: 1rem 0; }
svg { max-width: 100%; height: auto; font: 11px system-ui, sans-serif; fill: #333; }
.series { fill: none; stroke: #1a1a1a; stroke-width: 1.6; } .band { fill: #1a1a1a; fill-opacity: .12; }
.grid { stroke: #ddd; } .bound { stroke: #b00020; stroke-dasharray: 4 3; } .whisker { stroke: #1a1a1a; }
.bar-0 { fill: #4a6fa5; } .bar-1 { fill: #b9c7dc; } .bar-2 { fill: #7f7f7f; }
@media print { body { max-width: none; padding: 0; font-size: 10pt; }
  h2, h3 { break-after: avoid; } figure, tr { break-inside: avoid; } }
`;

/** A document as one page of HTML that loads nothing and runs nothing. Every fact in it is escaped. */
export function renderHtml(document: FactDocument): string {
  const { about, title } = document;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${escapeHtml(DOCUMENT_POLICY)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${escapeHtml(title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    '<main>',
    `<h1>${escapeHtml(title)}</h1>`,
    `<p class="about">${escapeHtml(aboutText(document))}</p>`,
    about.hash === null ? '' : `<p class="about">sha256 ${escapeHtml(about.hash)}</p>`,
    ...document.sections.map(sectionHtml),
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** What a document is about and how far its facts reach, in a line. */
export function aboutText({ about, factsUntil, source }: FactDocument): string {
  const until =
    factsUntil === null ? 'no facts are recorded' : `facts recorded until ${momentText(factsUntil)}`;
  return `Project ${about.project}; ${until}. Filled from records alone. Sections after ${source}.`;
}

function sectionHtml({ id, title, parts }: FactSection): string {
  return [
    `<section id="${escapeHtml(id)}">`,
    `<h2>${escapeHtml(title)}</h2>`,
    ...partsHtml(parts),
    '</section>',
  ].join('\n');
}

/** Facts that follow each other share a list. */
function partsHtml(parts: readonly FactPart[]): string[] {
  const html: string[] = [];
  let facts: string[] = [];
  const close = (): void => {
    if (facts.length > 0) html.push(`<dl>\n${facts.join('\n')}\n</dl>`);
    facts = [];
  };
  for (const part of parts) {
    if (part.kind === 'fact' || part.kind === 'list' || isNotStated(part)) {
      facts.push(`<dt>${escapeHtml(labelOf(part))}</dt><dd>${valueHtml(part)}</dd>`);
      continue;
    }
    close();
    html.push(blockHtml(part));
  }
  close();
  return html;
}

function labelOf(part: FactPart): string {
  return part.kind === 'figure' ? part.figure.title : part.label;
}

function valueHtml(part: FactPart): string {
  if (isNotStated(part)) return `<span class="unstated">${NOT_STATED}</span>`;
  const value = part.kind === 'fact' ? (part.value ?? '') : part.kind === 'list' ? part.items.join('\n') : '';
  return `${escapeHtml(value)}${readHtml(part.from)}`;
}

function readHtml(from: readonly string[]): string {
  return from.length === 0 ? '' : ` <span class="read">${escapeHtml(readText(from))}</span>`;
}

/** Where a part was read, cut where it would fill the page. */
export function readText(from: readonly string[]): string {
  const short = from.slice(0, 3).map((id) => (/^[0-9a-f]{64}$/.test(id) ? id.slice(0, 12) : id));
  const rest = from.length - short.length;
  return `[${short.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}]`;
}

function blockHtml(part: FactPart): string {
  if (part.kind === 'figure') {
    const caption = escapeHtml(figureCaption(part.figure));
    return `<figure>${svgFigure(part.figure)}<figcaption>${caption}${readHtml(part.from)}</figcaption></figure>`;
  }
  if (part.kind !== 'table') return '';
  const head = part.columns.map((column) => `<th scope="col">${escapeHtml(column)}</th>`).join('');
  const rows = part.rows.map(
    (row) => `<tr>${row.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`,
  );
  return [
    `<h3>${escapeHtml(part.label)}${readHtml(part.from)}</h3>`,
    `<table><thead><tr>${head}</tr></thead>`,
    `<tbody>${rows.join('\n')}</tbody></table>`,
    part.note === undefined ? '' : `<p class="note">${escapeHtml(part.note)}</p>`,
  ].join('\n');
}

/** Title, caption and which stroke is which series. */
export function figureCaption(figure: Figure): string {
  const names = figure.series.map(({ name }, i) =>
    figure.kind === 'bars' || figure.kind === 'histogram'
      ? name
      : `${name} (${DASH_NAMES[i % DASH_NAMES.length] ?? ''})`,
  );
  const caption = figure.caption === undefined ? '' : ` ${figure.caption}`;
  return `${figure.title}: ${names.join(', ')}.${caption}`;
}
