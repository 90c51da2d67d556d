import { join } from 'node:path';
import { sqlText } from '../../table/sql-name.ts';
import type { StageHarness } from '../../../test/stage-harness.ts';
import type { CheckResult } from './check-partition.ts';
import type { DatasetVersion } from './dataset.ts';
import { ingest } from './ingest.ts';
import { dataSpec, type DataSpec } from './spec.ts';

/** Writes the rows of a query as a Parquet file of the harness's project. */
export async function writeParquet(harness: StageHarness, name: string, query: string): Promise<void> {
  await using session = await harness.tables.session();
  await session.run(`COPY (${query}) TO ${sqlText(join(harness.dir, name))} (FORMAT parquet)`);
}

/** A whole data part around sources and contract; the features are not looked at by ingestion. */
export function dataPart(sources: unknown, contract: unknown = {}): DataSpec {
  return dataSpec.parse({ sources, contract, features: { request: 'r.sql', outcome: 'o.sql', target: 'y' } });
}

/** What ingestion made of one source, and how each rule came out on each partition. */
export interface IngestedSource {
  readonly version: DatasetVersion;
  /** `partition: rule`: the verdict and the rows that broke it. */
  readonly outcomes: Readonly<Record<string, string>>;
  readonly samples: Readonly<Record<string, CheckResult['samples']>>;
}

/** Ingests the sources with real parts; reports on the one named. */
export async function ingestSource(
  harness: StageHarness,
  name: string,
  sources: unknown,
  contract: unknown = {},
): Promise<IngestedSource> {
  const earlier = (await harness.evidence('data-checks')).length;
  const { versions } = await harness.run((scope) => ingest(scope, dataPart(sources, contract)));
  const outcomes: Record<string, string> = {};
  const samples: Record<string, CheckResult['samples']> = {};
  for (const { body } of (await harness.evidence('data-checks')).slice(earlier)) {
    if (body.dataset !== name) continue;
    const { name: partition } = body.partition as { readonly name: string };
    for (const check of body.checks as unknown as readonly CheckResult[]) {
      outcomes[`${partition}: ${check.rule}`] = `${check.verdict} ${check.rows}`;
      if (check.samples.length > 0) samples[`${partition}: ${check.rule}`] = check.samples;
    }
  }
  return { version: versions[name] as DatasetVersion, outcomes, samples };
}

/** Rows of accepted partitions, or of what was set aside. */
export async function rowsOf(
  harness: StageHarness,
  blobs: readonly (string | null)[],
): Promise<Readonly<Record<string, unknown>>[]> {
  return harness.run(async (scope) => {
    await using session = await scope.tables.session();
    const paths = blobs.flatMap((blob) => (blob === null ? [] : [sqlText(scope.blobs.path(blob))]));
    return await session.rows(`SELECT * EXCLUDE (tend_known) FROM read_parquet([${paths.join(', ')}])`);
  });
}
