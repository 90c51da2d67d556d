import type { Stage } from '../api/answer.ts';
import { STAGE_ORDER } from './stage-title.ts';

/** What of the board is in the URL: the open cell, and the open piece of its evidence. */
export interface BoardSearch {
  readonly project?: string;
  readonly stage?: Stage;
  readonly evidence?: string;
}

/** Reads the query of the URL; whatever does not fit is dropped, so an old link still opens the board. */
export function boardSearch(search: Readonly<Record<string, unknown>>): BoardSearch {
  const project = textOf(search['project']);
  const evidence = textOf(search['evidence']);
  const stage = STAGE_ORDER.find((name) => name === search['stage']);
  if (project === undefined || stage === undefined) return {};
  return evidence === undefined ? { project, stage } : { project, stage, evidence };
}

/** A project may be called `2024`, which the router reads as a number. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
