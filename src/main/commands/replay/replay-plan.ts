import { TendError } from '../../../kernel/error.ts';
import { durationMs } from '../../../kernel/schema.ts';
import { type CompiledFeatures, compileFeatures } from '../../../lifecycle/data/feature-definition.ts';
import { resolveSource } from '../../../lifecycle/data/resolve-source.ts';
import { openSource, type SourceRelation } from '../../../lifecycle/data/source-reader.ts';
import { outcomeColumns } from '../../../lifecycle/monitoring/live/raw-values.ts';
import { readDocument } from '../../../project/document/read-document.ts';
import type { ProjectDocument } from '../../../project/document/project-document.ts';
import type { ProjectSource } from '../../../project/project-files.ts';
import type { TableColumn } from '../../../table/table-schema.ts';
import type { TableSession } from '../../../table/tables.ts';

/** What a replay sends and where, as the project's own file declares it. */
export interface ReplayPlan {
  readonly project: string;
  readonly endpoint: string;
  readonly dataset: string;
  /** Where the data lies on this machine. */
  readonly path: string;
  /** Steps of the project clock, milliseconds: the shortest `refresh` of the feature tables. */
  readonly stepMs: number;
  /** The column by which an outcome finds its prediction. */
  readonly key: string;
}

/** The columns of the data by what they are for. */
export interface ReplayColumns {
  readonly source: SourceRelation;
  readonly features: CompiledFeatures;
  /** What a request carries: the raw fields, and the key. */
  readonly request: readonly TableColumn[];
  /** What is known of a row later, as the server takes it. */
  readonly outcome: readonly TableColumn[];
}

/** Without feature tables nothing changes between two moments: an hour is fine enough for monitors. */
const STEP_MS_DEFAULT = 3_600_000;

/**
 * Reads what tend.yaml says of a replay. @throws NOT_FOUND for a dataset that holds no examples;
 * SPEC_INVALID
 */
export function replayPlan(source: ProjectSource, dataset: string, dir: string): ReplayPlan {
  const { document } = readDocument(source.yaml);
  const examples = exampleSource(document);
  const spec = document.data.sources[examples];
  if (dataset !== examples || spec === undefined) {
    throw new TendError('NOT_FOUND', `there is no dataset of examples called ${dataset}`, {
      hint: `A replay sends the rows that the model decides on: \`tend replay ${examples}\`.`,
    });
  }
  if (document.data.features.time === undefined) {
    throw missing('data.features.time', 'the feature that says when a row happened');
  }
  const key = document.monitoring?.outcomes?.key;
  if (key === undefined) {
    throw missing('monitoring.outcomes.key', 'the column by which an outcome finds its prediction');
  }
  const refreshes = Object.values(document.data.features.tables ?? {}).map(({ refresh }) =>
    durationMs(refresh),
  );
  return {
    project: document.name,
    endpoint: document.deployment.endpoint,
    dataset,
    path: resolveSource(dir, spec.uri),
    stepMs: refreshes.length === 0 ? STEP_MS_DEFAULT : Math.min(...refreshes),
    key,
  };
}

function exampleSource({ data }: ProjectDocument): string {
  return data.features.source ?? Object.keys(data.sources)[0] ?? '';
}

function missing(path: string, what: string): TendError {
  return new TendError('SPEC_INVALID', `a replay needs ${path}: ${what}`, {
    hint: 'Declare it in tend.yaml.',
  });
}

/** Opens the data and sorts its columns. @throws SPEC_INVALID, SOURCE_UNREADABLE */
export async function replayColumns(
  session: TableSession,
  source: ProjectSource,
  plan: ReplayPlan,
): Promise<ReplayColumns> {
  const { data } = readDocument(source.yaml).document;
  const spec = data.sources[plan.dataset];
  if (spec === undefined) throw new TendError('NOT_FOUND', `there is no source ${plan.dataset}`);
  const opened = await openSource(session, plan.dataset, spec, plan.path);
  const file = (path: string): string => source.files[path] ?? '';
  const features = await compileFeatures(session, data.features, plan.dataset, opened.columns, file);
  const fields = new Set(features.definition.fields.map(({ name }) => name));
  const { key } = plan;
  if (!opened.columns.some(({ name }) => name === key)) {
    throw new TendError('SPEC_INVALID', `monitoring.outcomes.key: ${plan.dataset} has no column ${key}`);
  }
  return {
    source: opened,
    features,
    request: opened.columns.filter(({ name }) => fields.has(name) || name === key),
    outcome: outcomeColumns(features, key),
  };
}
