import type { Stage } from '../api/answer.ts';
import { STAGE_ORDER } from './stage-title.ts';

/** One cell of the board. */
export interface BoardPlace {
  readonly project: string;
  readonly stage: Stage;
}

/** What a key means on the board. `next` and `previous` walk in reading order over row ends. */
export type BoardMove = 'next' | 'previous' | 'left' | 'right' | 'up' | 'down' | 'first' | 'last';

const KEYS: Readonly<Record<string, BoardMove>> = {
  j: 'next',
  k: 'previous',
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
  Home: 'first',
  End: 'last',
};

interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** The move of a key press; none with a modifier, which belongs to the browser or a screen reader. */
export function boardMove(press: KeyPress): BoardMove | undefined {
  if (press.ctrlKey || press.metaKey || press.altKey) return undefined;
  return KEYS[press.key] ?? KEYS[press.key.toLowerCase()];
}

/** Where a move leads on a board of these projects, in their order; at an edge it stays. */
export function movedPlace(place: BoardPlace, move: BoardMove, projects: readonly string[]): BoardPlace {
  const width = STAGE_ORDER.length;
  const row = Math.max(0, projects.indexOf(place.project));
  const column = STAGE_ORDER.indexOf(place.stage);
  const last = projects.length * width - 1;
  const flat = row * width + column;
  const target = {
    next: flat + 1,
    previous: flat - 1,
    left: column === 0 ? flat : flat - 1,
    right: column === width - 1 ? flat : flat + 1,
    up: flat - width,
    down: flat + width,
    first: row * width,
    last: row * width + width - 1,
  }[move];
  if (target < 0 || target > last) return place;
  const project = projects[Math.floor(target / width)];
  const stage = STAGE_ORDER[target % width];
  return project === undefined || stage === undefined ? place : { project, stage };
}
