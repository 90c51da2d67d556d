import { parquetRelation } from '../../table/tables.ts';
import type { StageScope } from '../stage-scope.ts';
import { contractChecks, type RowCheck } from './contract-check.ts';
import { acceptedPartitions } from './dataset.ts';
import type { DataSpec } from './spec.ts';
import type { DataOutputs } from './stage.ts';

/** A rule that sets a received row aside. */
export interface LiveCheck {
  readonly rule: string;
  /** SQL condition over a row, true where it breaks the rule. */
  readonly fails: string;
}

/**
 * The rules of the contract that a received row is held to before it becomes part of the data: those on rows
 * that do more than warn and allow no share of failures. Rules on a whole partition (its size, a tolerated
 * share) are held against the partition, when a version is made of it; uniqueness there and among the rows
 * received together.
 */
export function liveChecks(
  scope: Pick<StageScope, 'blobs'>,
  input: { readonly data: DataOutputs; readonly spec: DataSpec },
): readonly LiveCheck[] {
  const { data, spec } = input;
  const { source, columns } = data.features;
  const accepted = (name: string): string | undefined => {
    const partitions = acceptedPartitions(data.versions[name]?.partitions ?? []);
    return partitions.length === 0
      ? undefined
      : parquetRelation(partitions.map(({ blob }) => scope.blobs.path(blob)));
  };
  return (spec.contract?.[source] ?? [])
    .flatMap((check) =>
      contractChecks(check, {
        columns: columns.map((column) => column.name).filter((name) => name !== 'row'),
        source: accepted,
      }),
    )
    .filter((check): check is RowCheck => check.kind === 'rows')
    .filter((check) => check.severity !== 'warn' && check.tolerance === 0)
    .map(({ rule, fails }) => ({ rule, fails }));
}
