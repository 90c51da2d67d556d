import type { BoardPlace } from './board-place.ts';

/** The id of a cell's button. */
export function cellId({ project, stage }: BoardPlace): string {
  return `cell-${stage}-${project}`;
}

/** The button of a cell, where the board shows it. */
export function cellElement(place: BoardPlace): HTMLElement | null {
  return document.getElementById(cellId(place));
}
