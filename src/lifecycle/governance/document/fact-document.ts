import type { Figure } from '../../../kernel/figure.ts';

/** What a document says where no fact is recorded: nothing is typed in by hand. */
export const NOT_STATED = 'not stated';

/** Ids and hashes of the records that a part was read from. */
interface Read {
  readonly from: readonly string[];
}

/** One fact in words; null: not stated. A document without a required one is not complete. */
export interface Fact extends Read {
  readonly kind: 'fact';
  readonly label: string;
  readonly value: string | null;
  readonly required?: true;
}

/** Facts of one kind; none of them: not stated. */
export interface FactList extends Read {
  readonly kind: 'list';
  readonly label: string;
  readonly items: readonly string[];
}

/** Facts in columns; no rows: not stated. `note`: what the rows leave out. */
export interface FactTable extends Read {
  readonly kind: 'table';
  readonly label: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly note?: string;
  readonly required?: true;
}

/** A figure of some evidence, as it is there. */
export interface FactFigure extends Read {
  readonly kind: 'figure';
  readonly figure: Figure;
}

/** One part of a section. */
export type FactPart = Fact | FactList | FactTable | FactFigure;

/** One question that a document answers, with what is known of it. */
export interface FactSection {
  readonly id: string;
  readonly title: string;
  readonly parts: readonly FactPart[];
}

/** A document made of recorded facts alone: the same records give the same bytes. */
export interface FactDocument {
  readonly format: 'tend.model-card/v1' | 'tend.data-sheet/v1';
  readonly title: string;
  /** After whom the sections are called. */
  readonly source: string;
  readonly about: {
    readonly project: string;
    readonly name: string;
    readonly version: string;
    /** Content hash of what it is about; null where it has none. */
    readonly hash: string | null;
  };
  /** Time of the newest record that was read, milliseconds UTC; null: none was. */
  readonly factsUntil: number | null;
  readonly sections: readonly FactSection[];
}

/** True where a part has nothing to say. */
export function isNotStated(part: FactPart): boolean {
  switch (part.kind) {
    case 'fact':
      return part.value === null;
    case 'list':
      return part.items.length === 0;
    case 'table':
      return part.rows.length === 0;
    case 'figure':
      return false;
  }
}

/** Labels of what a document does not state; `only: 'required'`: of what it cannot do without. */
export function unstatedLabels(document: FactDocument, only?: 'required'): string[] {
  return document.sections.flatMap(({ parts }) =>
    parts.flatMap((part) => {
      if (part.kind === 'figure' || !isNotStated(part)) return [];
      const required = 'required' in part && part.required;
      return only === undefined || required ? [part.label] : [];
    }),
  );
}
