import { escapeMarkdown } from './escape-text.ts';
import { type FactDocument, type FactPart, isNotStated, NOT_STATED } from './fact-document.ts';
import { aboutText, figureCaption, readText } from './render-html.ts';

/** A document as Markdown with tables; figures are named, their numbers are in the evidence that is named. */
export function renderMarkdown(document: FactDocument): string {
  const { about } = document;
  const blocks = [
    `# ${escapeMarkdown(document.title)}`,
    escapeMarkdown(aboutText(document)),
    ...(about.hash === null ? [] : [`sha256 ${escapeMarkdown(about.hash)}`]),
    ...document.sections.flatMap(({ title, parts }) => [`## ${escapeMarkdown(title)}`, ...partBlocks(parts)]),
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** Facts that follow each other share a list. */
function partBlocks(parts: readonly FactPart[]): string[] {
  const blocks: string[] = [];
  let items: string[] = [];
  const close = (): void => {
    if (items.length > 0) blocks.push(items.join('\n'));
    items = [];
  };
  for (const part of parts) {
    if (part.kind !== 'table' || isNotStated(part)) {
      items.push(itemOf(part));
      continue;
    }
    close();
    blocks.push(...tableBlocks(part));
  }
  close();
  return blocks;
}

function itemOf(part: FactPart): string {
  if (part.kind === 'figure') {
    return `- Figure: ${escapeMarkdown(figureCaption(part.figure))}${readOf(part.from)}`;
  }
  const label = `- **${escapeMarkdown(part.label)}:**`;
  if (isNotStated(part)) return `${label} ${NOT_STATED}`;
  if (part.kind === 'fact') return `${label} ${escapeMarkdown(part.value ?? '')}${readOf(part.from)}`;
  if (part.kind !== 'list') return label;
  return [`${label}${readOf(part.from)}`, ...part.items.map((item) => `  - ${escapeMarkdown(item)}`)].join(
    '\n',
  );
}

function readOf(from: readonly string[]): string {
  return from.length === 0 ? '' : ` ${escapeMarkdown(readText(from))}`;
}

function tableBlocks(part: Extract<FactPart, { kind: 'table' }>): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(cellText).join(' | ')} |`;
  const table = [
    line(part.columns),
    `|${part.columns.map(() => ' --- |').join('')}`,
    ...part.rows.map((row) => line(row)),
  ];
  return [
    `### ${escapeMarkdown(part.label)}${readOf(part.from)}`,
    table.join('\n'),
    ...(part.note === undefined ? [] : [escapeMarkdown(part.note)]),
  ];
}

/** An empty cell would be drawn, but a reader could not tell it from a missing one. */
function cellText(cell: string): string {
  const text = escapeMarkdown(cell);
  return text === '' ? '–' : text;
}
