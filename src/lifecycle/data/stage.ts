import { formatDuration } from '../../kernel/duration.ts';
import { TendError } from '../../kernel/error.ts';
import { hashJson } from '../../kernel/hash.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { durationMs } from '../../kernel/schema.ts';
import { sqlName, sqlTime } from '../../table/sql-name.ts';
import { evidencedStep, type KeyScope, type StageResult, type StageScope } from '../stage-scope.ts';
import { arrivedAt } from './arrived-at.ts';
import { acceptedPartitions, type DatasetVersion, versionRelation } from './dataset.ts';
import { type CompiledFeatures, compileFeatures } from './feature-definition.ts';
import { ingest } from './ingest.ts';
import { growVersion, receivedParts } from './received-rows.ts';
import { hashFile, resolveSource } from './resolve-source.ts';
import type { DataSpec, SplitSpec } from './spec.ts';
import { splitBounds } from './split.ts';
import { type TableHistory, tableHistories } from './table-history.ts';
import { withOutcome } from './table-query.ts';

/** What the problem asked of the data before any was seen. */
export interface DataRequirements {
  readonly rows?: number;
  readonly columns?: readonly string[];
  readonly freshWithinMs?: number;
}

/** The parts of tend.yaml that the stage carries out. */
export interface DataInputs {
  readonly data: DataSpec;
  readonly split: SplitSpec;
  readonly requires: DataRequirements;
  /**
   * Where a replay begins, milliseconds UTC: what the sources hold from then on comes as traffic; null: no
   * replay.
   */
  readonly starts: number | null;
}

/** What the data stage hands on. */
export type DataOutputs = {
  readonly versions: Readonly<Record<string, DatasetVersion>>;
  readonly features: CompiledFeatures;
  readonly histories: readonly TableHistory[];
};

/** Hash of everything that the result depends on: spec, SQL, source files, project clock, Tend itself. */
export async function dataKey(scope: KeyScope, inputs: DataInputs): Promise<string> {
  const sources: Record<string, string> = {};
  for (const [name, spec] of Object.entries(inputs.data.sources)) {
    sources[name] = await hashFile(resolveSource(scope.projectDir, spec.uri));
  }
  const { features } = inputs.data;
  const named = [
    features.request,
    features.outcome,
    ...Object.values(features.tables ?? {}).map((t) => t.sql),
  ];
  const files = Object.fromEntries(named.map((path) => [path, declaredFile(scope, path)]));
  return hashJson({
    stage: 'data',
    ...inputs,
    sources,
    files,
    clock: scope.projectClock,
    received: (await receivedParts(scope, scope.projectClock ?? Number.MAX_SAFE_INTEGER)).blobs,
    version: scope.version,
  });
}

/** Text of a file that tend.yaml names. @throws SPEC_INVALID when it is not beside it. */
export function declaredFile(scope: Pick<StageScope, 'files'>, path: string): string {
  const text = scope.files[path];
  if (text === undefined) throw new TendError('SPEC_INVALID', `tend.yaml names ${path}, which is not there`);
  return text;
}

/** Ingest, check, version, compile the features, compute their tables, hold the data to what was required. */
export async function runData(scope: StageScope, inputs: DataInputs): Promise<StageResult<DataOutputs>> {
  const { data, split } = inputs;
  const ingested = await ingest(scope, data, inputs.starts);
  const source = data.features.source ?? Object.keys(data.sources)[0] ?? '';
  const declared = ingested.versions[source];
  if (declared === undefined) throw new TendError('NOT_FOUND', `there is no source ${source}`);
  const received = await receivedParts(scope, scope.projectClock ?? scope.clock.now());
  const grown = await growVersion(scope, data, declared, ingested.versions, received);
  const { version } = grown;
  const versions = { ...ingested.versions, [source]: version };
  if (version.rows === 0) throw noRows(version);
  const compiled = await evidencedStep<CompiledFeatures>(scope, 'data', 'features', async () => {
    await using session = await scope.tables.session();
    const features = await compileFeatures(session, data.features, source, version.columns, (path) =>
      declaredFile(scope, path),
    );
    return {
      result: features,
      evidence: [
        {
          kind: 'feature-set',
          subject: features.hash,
          verdict: 'info' as const,
          title: featuresTitle(features),
          body: features as unknown as JsonObject,
        },
      ],
    };
  });
  const features = compiled.result;
  const clock = scope.projectClock ?? scope.clock.now();
  const from = splitBounds(split, clock)?.from ?? clock;
  const tables = await tableHistories(scope, features, data.features, version, { from, to: clock });
  const required = await requirementsStep(scope, inputs, version, features);
  const aside = Object.values(versions).flatMap((v) => v.partitions.filter((p) => p.refused !== null));
  const quarantined = Object.values(versions)
    .flatMap((v) => acceptedPartitions(v.partitions))
    .reduce((sum, partition) => sum + partition.quarantinedRows, 0);
  const { failures } = required.result;
  const rows = version.rows.toLocaleString('en');
  return {
    verdict: failures.length === 0 ? 'pass' : 'fail',
    reason:
      failures.length > 0
        ? failures.join('; ')
        : `${rows} rows accepted, ${quarantined} rows and ${aside.length} partitions set aside`,
    evidence: [
      ...ingested.evidence,
      ...grown.evidence,
      ...compiled.evidence,
      ...tables.evidence,
      ...required.evidence,
    ],
    outputs: { versions, features, histories: tables.result },
  };
}

function featuresTitle({ inputs, definition }: CompiledFeatures): string {
  return `${inputs.length} model inputs from ${definition.fields.length} request fields`;
}

/** Nothing can be computed from no rows; the evidence of the checks is recorded by then. */
function noRows({ dataset, partitions }: DatasetVersion): TendError {
  const reasons = partitions.flatMap(({ name, refused }) =>
    refused === null ? [] : [`${name}: ${refused}`],
  );
  const why = reasons.length === 0 ? 'the source has none' : reasons.slice(0, 5).join('; ');
  return new TendError('DATA_REFUSED', `no row of ${dataset} was accepted: ${why}`);
}

function requirementsStep(
  scope: StageScope,
  { requires }: DataInputs,
  version: DatasetVersion,
  features: CompiledFeatures,
) {
  return evidencedStep<{ failures: readonly string[] }>(scope, 'data', 'requirements', async () => {
    const seen = await knownRows(scope, version, features);
    const failures: string[] = [];
    if (requires.rows !== undefined && seen.rows < requires.rows) {
      failures.push(`expected at least ${requires.rows} rows with an outcome, found ${seen.rows}`);
    }
    const missing = (requires.columns ?? []).filter((name) => !version.columns.some((c) => c.name === name));
    if (missing.length > 0) failures.push(`missing columns: ${missing.join(', ')}`);
    const age = seen.newest === null ? null : (scope.projectClock ?? scope.clock.now()) - seen.newest;
    if (requires.freshWithinMs !== undefined && (age === null || age > requires.freshWithinMs)) {
      const newest =
        seen.newest === null ? 'none has a time' : `the newest is of ${new Date(seen.newest).toISOString()}`;
      failures.push(`expected rows of the last ${formatDuration(requires.freshWithinMs)}, ${newest}`);
    }
    return {
      result: { failures },
      evidence: [
        {
          kind: 'data-requirements',
          subject: version.hash,
          verdict: failures.length === 0 ? ('pass' as const) : ('fail' as const),
          title: failures.length === 0 ? 'The data is what was required' : failures.join('; '),
          body: {
            required: requires as JsonObject,
            found: {
              rows: seen.rows,
              newest: seen.newest,
              columns: version.columns.map((column) => column.name),
            },
            failures,
          },
        },
      ],
    };
  });
}

/** Rows whose outcome had arrived at the project clock, and the newest of them. */
async function knownRows(
  scope: StageScope,
  version: DatasetVersion,
  features: CompiledFeatures,
): Promise<{ readonly rows: number; readonly newest: number | null }> {
  const accepted = versionRelation(scope, version.partitions);
  if (accepted === undefined) return { rows: 0, newest: null };
  await using session = await scope.tables.session();
  const rows = await withOutcome(session, features.source, accepted, features.outcomeSql);
  const conditions = [`${sqlName(features.target)} IS NOT NULL`];
  const arrived = arrivedAt(features.available);
  if (arrived !== null && scope.projectClock !== undefined) {
    conditions.push(`${arrived} <= ${sqlTime(scope.projectClock)}`);
  }
  const dated = features.available ?? version.timeColumn;
  const newest = dated === null ? 'NULL' : `epoch_ms(max(${sqlName(dated)})::TIMESTAMP)`;
  const [row] = await session.rows(
    `SELECT count(*) AS n, ${newest} AS newest FROM ${rows} WHERE ${conditions.join(' AND ')}`,
  );
  return { rows: Number(row?.n), newest: row?.newest === null ? null : Number(row?.newest) };
}

/** Required freshness as a number, from the problem's spec. */
export function requirementsOf(
  requires: { rows?: number; columns?: readonly string[]; fresh_within?: string } | undefined,
): DataRequirements {
  return {
    ...(requires?.rows === undefined ? {} : { rows: requires.rows }),
    ...(requires?.columns === undefined ? {} : { columns: requires.columns }),
    ...(requires?.fresh_within === undefined ? {} : { freshWithinMs: durationMs(requires.fresh_within) }),
  };
}
