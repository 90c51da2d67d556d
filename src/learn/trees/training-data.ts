import type { Arena } from './arena.ts';
import { assignBins, type BinMap, type BinPlaces } from './bin-map.ts';
import type { LabelledRows } from '../labelled-rows.ts';
import type { DataLayout } from './training-layout.ts';

/** Binned rows and targets in an arena, read by every fit and written by none. */
export interface TrainingData {
  readonly arena: Arena;
  readonly data: DataLayout;
  readonly map: BinMap;
}

/** Where the bins of the training rows go, row by row and column by column. */
export function trainingBins({ u8 }: Arena, { bins, columns, rows, stride }: DataLayout): BinPlaces {
  return {
    rows: u8.subarray(bins, bins + rows * stride),
    columns: u8.subarray(columns, columns + rows * stride),
  };
}

/** Bins the rows into the places that the layout gives them. */
export function fillData(
  { arena, data, map }: TrainingData,
  train: LabelledRows,
  validation?: LabelledRows,
): void {
  const { stride } = data;
  assignBins(map, train.matrix, trainingBins(arena, data));
  arena.f64.set(train.target, data.target / 8);
  if (validation === undefined) return;
  const end = data.validationBins + data.validationRows * stride;
  assignBins(map, validation.matrix, { rows: arena.u8.subarray(data.validationBins, end) });
  arena.f64.set(validation.target, data.validationTarget / 8);
}
