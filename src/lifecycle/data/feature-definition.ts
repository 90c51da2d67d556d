import { TendError } from '../../kernel/error.ts';
import { hashJson } from '../../kernel/hash.ts';
import { nearest } from '../../kernel/edit-distance.ts';
import { durationMs } from '../../kernel/schema.ts';
import { typeOf } from '../../decide/expression/check-expression.ts';
import type { Field, ValueType } from '../../decide/expression/expression.ts';
import { RESERVED_NAMES } from '../../decide/model-input.ts';
import { type FeatureDefinition, inputTypes } from '../../decide/release.ts';
import type { LogicalType, TableColumn } from '../../table/table-schema.ts';
import type { TableSession } from '../../table/tables.ts';
import { mapSql, type SqlNode, walkSql } from '../../table/sql-statement.ts';
import { type ProjectedColumn, readProjection } from './projection.ts';
import { outcomeColumns, readTableQuery, repeatsColumn, type TableQuery } from './table-query.ts';
import type { FeaturesSpec } from './spec.ts';
import { sqlExpression } from './sql-expression.ts';

/** The feature set compiled: what a release carries, and what only training needs. */
export interface CompiledFeatures {
  readonly definition: FeatureDefinition;
  /** Model inputs in order. */
  readonly inputs: readonly { readonly name: string; readonly type: 'number' | 'string' }[];
  /**
   * The source that holds the examples, its raw columns, and the SQL that adds the outcome columns to them.
   */
  readonly source: string;
  readonly columns: readonly TableColumn[];
  readonly outcomeSql: string;
  readonly target: string;
  readonly available: string | null;
  readonly time: string | null;
  readonly tables: readonly TableQuery[];
  /** Hash of the whole definition; a model names the one it was trained with. */
  readonly hash: string;
}

const VALUE_TYPES: Readonly<Record<LogicalType, ValueType | undefined>> = {
  integer: 'number',
  number: 'number',
  string: 'string',
  time: 'time',
  boolean: 'boolean',
  other: undefined,
};

/**
 * Compiles the feature part of tend.yaml against the columns of its source.
 * @throws SPEC_INVALID naming the file and what is wrong in it.
 */
export async function compileFeatures(
  session: TableSession,
  spec: FeaturesSpec,
  source: string,
  columns: readonly TableColumn[],
  file: (path: string) => string,
): Promise<CompiledFeatures> {
  const raw = columns.map((column) => column.name);
  const request = (await readProjection(session, file(spec.request), source, spec.request)).map((column) =>
    inCaseOf(column, raw),
  );
  const outcome = await readProjection(session, file(spec.outcome), source, spec.outcome);
  const allFields = columns.flatMap(({ name, type }) => {
    const valueType = VALUE_TYPES[type];
    return valueType === undefined ? [] : [{ name, type: valueType }];
  });
  const used = new Set(request.flatMap(({ node }) => [...walkSql(node)]).flatMap(referredColumns));
  const fields = allFields.filter((field) => used.has(field.name));
  const features = request.map(({ name, node }) => {
    const expression = sqlExpression(node, `${spec.request}, ${name}`, allFields);
    return { name, type: typed(expression, allFields, `${spec.request}, ${name}`), expression };
  });
  const outcomeSql = file(spec.outcome);
  assertNew(outcome, raw, spec.outcome);
  const outcomes = await outcomeColumns(session, source, columns, outcomeSql, spec.outcome);
  assertColumns(spec, outcome, outcomes, features);
  const tables: TableQuery[] = [];
  for (const [name, table] of Object.entries(spec.tables ?? {})) {
    const key = Array.isArray(table.key) ? table.key : [table.key];
    tables.push(
      await readTableQuery(session, {
        name,
        key,
        source,
        sql: file(table.sql),
        origin: table.sql,
        columns,
        outcomeSql,
      }),
    );
  }
  for (const table of tables) assertKeys(table, [...features, ...fields], spec.request);
  const definition: FeatureDefinition = {
    fields: fields.map((field) => ({ ...field, nullable: false })),
    features,
    tables: tables.map(({ name, key, columns: values }) => ({
      name,
      key: [...key],
      columns: [...values],
      refreshMs: durationMs(spec.tables?.[name]?.refresh ?? '1h'),
    })),
  };
  const inputs = modelInputs(definition, spec);
  const said = { definition, inputs, source, outcomeSql, target: spec.target, tables };
  return {
    ...said,
    columns,
    available: spec.available ?? null,
    time: spec.time ?? null,
    hash: hashJson({ ...said, available: spec.available, time: spec.time }),
  };
}

function referredColumns(node: Readonly<Record<string, unknown>>): string[] {
  return node.class === 'COLUMN_REF' ? [String((node.column_names as unknown[]).at(-1))] : [];
}

function typed(
  expression: Parameters<typeof typeOf>[0],
  fields: readonly Field[],
  origin: string,
): ValueType {
  try {
    return typeOf(expression, fields);
  } catch (error) {
    if (!(error instanceof TendError)) throw error;
    throw new TendError('SPEC_INVALID', `${origin}: ${error.message}`, { cause: error });
  }
}

function assertNamed(names: readonly string[], wanted: string, what: string, origin: string): void {
  if (names.includes(wanted)) return;
  const near = nearest(wanted, names);
  const hint = near === undefined ? `it has ${names.join(', ')}` : `did you mean ${near}?`;
  throw new TendError('SPEC_INVALID', `data.features.${what}: ${origin} has no column ${wanted}; ${hint}`);
}

/** SQL names columns in any case; a request names its fields in one. */
function inCaseOf(column: ProjectedColumn, raw: readonly string[]): ProjectedColumn {
  const names = new Map(raw.map((name) => [name.toLowerCase(), name]));
  const node = mapSql(column.node, (part) => {
    if (part.class !== 'COLUMN_REF') return undefined;
    const word = String((part.column_names as unknown[]).at(-1));
    return { ...part, column_names: [names.get(word.toLowerCase()) ?? word] };
  });
  return { name: column.name, node: node as SqlNode };
}

/** An outcome column must not hide a raw one: its name would mean two things. */
function assertNew(outcome: readonly ProjectedColumn[], raw: readonly string[], origin: string): void {
  const known = new Set(raw.map((name) => name.toLowerCase()));
  const hiding = outcome.find(({ name, node }) => known.has(name.toLowerCase()) && !repeatsColumn(node));
  if (hiding === undefined) return;
  throw new TendError(
    'SPEC_INVALID',
    `${origin}: ${hiding.name} is a column of the source; give it another name`,
  );
}

interface Typed {
  readonly name: string;
  readonly type: ValueType;
}

/** Target, availability and event time: are they there, and of a type that can be one? */
function assertColumns(
  spec: FeaturesSpec,
  outcome: readonly ProjectedColumn[],
  outcomes: readonly TableColumn[],
  features: readonly Typed[],
): void {
  const names = outcome.map(({ name }) => name);
  const typeIn = (name: string): LogicalType | undefined =>
    outcomes.find((column) => column.name.toLowerCase() === name.toLowerCase())?.type;
  assertNamed(names, spec.target, 'target', spec.outcome);
  assertType('target', spec.target, typeIn(spec.target), ['boolean', 'integer', 'number']);
  if (spec.available !== undefined) {
    assertNamed(names, spec.available, 'available', spec.outcome);
    assertType('available', spec.available, typeIn(spec.available), ['time']);
  }
  if (spec.time === undefined) return;
  assertNamed(
    features.map((feature) => feature.name),
    spec.time,
    'time',
    spec.request,
  );
  assertType('time', spec.time, features.find((feature) => feature.name === spec.time)?.type, ['time']);
}

function assertType(what: string, name: string, type: string | undefined, expected: readonly string[]): void {
  if (type !== undefined && expected.includes(type)) return;
  const wanted = `expected a column of type ${expected.join(' or ')}`;
  const message = `data.features.${what}: ${wanted}, ${name} is of type ${type}`;
  throw new TendError('SPEC_INVALID', message);
}

/** Keys are features, or raw fields that some feature reads: what a request carries. */
function assertKeys(table: TableQuery, known: readonly Typed[], origin: string): void {
  for (const [place, key] of table.key.entries()) {
    const path = `tables.${table.name}.key`;
    assertNamed(
      known.map(({ name }) => name),
      key,
      path,
      origin,
    );
    assertType(path, key, known.find(({ name }) => name === key)?.type, [table.keyTypes[place] ?? 'string']);
  }
}

function modelInputs(definition: FeatureDefinition, spec: FeaturesSpec): CompiledFeatures['inputs'] {
  const skipped = new Set(spec.slices_only ?? []);
  const inputs: { name: string; type: 'number' | 'string' }[] = [];
  for (const [name, type] of inputTypes(definition)) {
    if (type === 'time' || skipped.has(name)) continue;
    if (type === 'string' && RESERVED_NAMES.has(name)) {
      throw new TendError(
        'SPEC_INVALID',
        `${spec.request}: a text cannot be called ${name}; models use the name`,
      );
    }
    inputs.push({ name, type });
  }
  for (const name of skipped) {
    assertNamed(
      definition.features.map((feature) => feature.name),
      name,
      'slices_only',
      spec.request,
    );
  }
  if (inputs.length === 0)
    throw new TendError('SPEC_INVALID', `${spec.request}: no column can be a model input`);
  return inputs;
}
