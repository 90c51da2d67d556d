import { isMap, isScalar, LineCounter, type Node, parseDocument, type ScalarTag } from 'yaml';
import { TendError } from '../../kernel/error.ts';
import { hashJson } from '../../kernel/hash.ts';
import { codeFrame } from './code-frame.ts';
import { crossCheck } from './cross-check.ts';
import { describeMistakes, type Mistake } from './mistake.ts';
import { type ProjectDocument, projectDocument } from './project-document.ts';
import { MISTAKES_MAX, type SchemaIssue, schemaIssues } from './schema-issues.ts';
import { type RangedMistake, yamlMistakes } from './yaml-mistakes.ts';

/** A page of YAML is 5 KB; a megabyte is a mistake, or an attack by aliases. */
const SOURCE_CHARS_MAX = 1_000_000;

/** The most of an alias bomb that is built before it is refused. */
const ALIAS_COUNT_MAX = 100;

/** `100_000` is a number, as in YAML 1.1 and in most languages; the core schema of YAML 1.2 reads a text. */
const groupedInteger: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: /^[-+]?\d{1,3}(_\d{3})+$/,
  resolve: (text) => Number(text.replaceAll('_', '')),
};

/**
 * A document that validated, and the hash by which its meaning is known (comments and layout play no part).
 */
export interface ReadDocument {
  readonly document: ProjectDocument;
  readonly hash: string;
}

/** All mistakes of a document at once, in the order of their lines; empty when it is right. */
export function documentMistakes(source: string): readonly Mistake[] {
  return inspect(source).mistakes;
}

/**
 * Reads tend.yaml.
 * @throws SPEC_INVALID whose message lists every mistake as `file:line:column` with a code frame.
 */
export function readDocument(source: string, file = 'tend.yaml'): ReadDocument {
  const { value, mistakes } = inspect(source);
  if (mistakes.length > 0) {
    const count = mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`;
    throw new TendError('SPEC_INVALID', `${file}: ${count}\n\n${describeMistakes(file, mistakes)}`, {
      fields: mistakes.map(({ path, message, line, column }) => ({
        path,
        message: `${line}:${column} ${message}`,
      })),
    });
  }
  const document = projectDocument.parse(value);
  return { document, hash: hashJson(document) };
}

function inspect(source: string): { readonly value: unknown; readonly mistakes: readonly Mistake[] } {
  if (source.length > SOURCE_CHARS_MAX) {
    return { value: null, mistakes: [whole('expected at most a million characters')] };
  }
  const lines = new LineCounter();
  const yaml = parseDocument(source, {
    lineCounter: lines,
    // Its own check compares every key with every other; `yamlMistakes` needs one look at each.
    uniqueKeys: false,
    customTags: (tags) => [groupedInteger, ...tags],
  });
  const broken = yamlMistakes(yaml);
  if (broken.length > 0)
    return { value: null, mistakes: first(broken.map((it) => placed(source, lines, it))) };
  const root = yaml.contents as Node | null;
  let value: unknown;
  try {
    value = yaml.toJS({ maxAliasCount: ALIAS_COUNT_MAX });
  } catch {
    return { value: null, mistakes: [whole('the aliases stand for too much; write it out')] };
  }
  const found = schemaIssues(value);
  const issues = found.length > 0 ? found : crossCheck(projectDocument.parse(value));
  const mistakes = issues.slice(0, MISTAKES_MAX + 1).map((issue) => {
    return placed(source, lines, {
      path: issue.path.join('.'),
      range: rangeOf(root, issue),
      message: issue.message,
    });
  });
  return { value, mistakes: first(mistakes.sort((a, b) => a.line - b.line || a.column - b.column)) };
}

/** A document of a thousand mistakes is of another kind; whoever corrects a hundred asks again. */
function first(mistakes: readonly Mistake[]): readonly Mistake[] {
  return mistakes.length <= MISTAKES_MAX
    ? mistakes
    : [...mistakes.slice(0, MISTAKES_MAX), whole('there is more; correct these first')];
}

function whole(message: string): Mistake {
  return { path: '', line: 1, column: 1, message, frame: '' };
}

function placed(source: string, lines: LineCounter, { path, range, message }: RangedMistake): Mistake {
  const [start, end] = range;
  const { line, col } = lines.linePos(start);
  const firstBreak = source.indexOf('\n', start);
  const stop = firstBreak === -1 ? end : Math.min(end, firstBreak);
  return { path, line, column: col, message, frame: codeFrame(source, line, col, stop - start) };
}

/** The range of the key or value at the path; of the nearest enclosing thing where the path is missing. */
function rangeOf(root: Node | null, issue: SchemaIssue): readonly [number, number] {
  let node: unknown = root;
  let range: readonly [number, number] = rangeOfNode(root) ?? [0, 1];
  for (const [depth, step] of issue.path.entries()) {
    const last = depth === issue.path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === step);
      if (pair === undefined) return range;
      const keyRange = rangeOfNode(pair.key as Node);
      range =
        (last && issue.at === 'key' ? keyRange : (rangeOfNode(pair.value as Node) ?? keyRange)) ?? range;
      node = pair.value;
    } else {
      const item = (node as { items?: unknown[] } | null)?.items?.[step as number];
      if (item === undefined) return range;
      range = rangeOfNode(item as Node) ?? range;
      node = item;
    }
  }
  return range;
}

function rangeOfNode(node: Node | null): readonly [number, number] | undefined {
  const range = node?.range;
  return range === undefined || range === null ? undefined : [range[0], range[1]];
}
