import { type Comment, type Node, type Program, parseSync } from 'oxc-parser';

/** A parsed file. Offsets are UTF-16 code units from the start of the text, lines count from 1. */
export interface Syntax {
  readonly program: Program;
  readonly comments: readonly Comment[];
  readonly lineOf: (offset: number) => number;
}

/**
 * Parses TypeScript or JavaScript by the ending of its name. Throws where it is neither: nothing passes
 * unread.
 */
export function parse(path: string, text: string): Syntax {
  const result = parseSync(path, text);
  const error = result.errors[0];
  if (error !== undefined) throw new Error(`${path} does not parse: ${error.message}`);
  const starts = lineStarts(text);
  return {
    program: result.program,
    comments: result.comments,
    lineOf: (offset) => countUpTo(starts, offset),
  };
}

/**
 * Calls `visit` for every node, parents first; `parents` runs from the program down to the node's own parent.
 */
export function walk(program: Program, visit: (node: Node, parents: readonly Node[]) => void): void {
  const parents: Node[] = [];
  const descend = (node: Node): void => {
    visit(node, parents);
    parents.push(node);
    for (const value of Object.values(node)) {
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) descend(child);
    }
    parents.pop();
  };
  descend(program);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

/** How many of the ascending starts are at or before the offset. */
function countUpTo(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
