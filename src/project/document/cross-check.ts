import { nearest } from '../../kernel/edit-distance.ts';
import { durationMs } from '../../kernel/schema.ts';
import { referredSources } from '../../lifecycle/data/check-spec.ts';
import { CAUSES } from '../../lifecycle/monitoring/spec.ts';
import { type Criterion, judgedBy, parseBound } from '../../lifecycle/problem/index.ts';
import type { ProjectDocument } from './project-document.ts';
import type { SchemaIssue } from './schema-issues.ts';

/** Mistakes that no single part can see: names that refer to nothing, criteria that nobody could judge. */
export function crossCheck(document: ProjectDocument): SchemaIssue[] {
  return [...criteriaIssues(document), ...dataIssues(document), ...referenceIssues(document)];
}

function criteriaIssues({ problem, kind }: ProjectDocument): SchemaIssue[] {
  const issues: SchemaIssue[] = [];
  const seen = new Set<string>();
  problem.criteria.forEach((criterion, index) => {
    const path = ['problem', 'criteria', index];
    if (seen.has(criterion.id)) {
      issues.push(issue([...path, 'id'], `a second criterion ${criterion.id}; ids are unique`));
    }
    seen.add(criterion.id);
    const needsKind = METRIC_KINDS[criterion.metric];
    if (needsKind !== undefined && needsKind !== kind) {
      issues.push(
        issue([...path, 'metric'], `${criterion.metric} judges ${needsKind}, this project is ${kind}`),
      );
    }
    if (GROUPED.has(criterion.metric) && criterion.by === undefined) {
      issues.push(issue(path, `${criterion.metric} needs by: the feature that makes the groups`));
    }
    const side = criterion.at_least === undefined ? 'at_most' : 'at_least';
    const leans = leaningMistake(criterion, criterion[side]);
    if (leans !== undefined) issues.push(issue([...path, side], leans));
  });
  return issues;
}

/**
 * A bound may lean only on a figure that is there when the criterion is judged; without one it never holds.
 */
function leaningMistake(criterion: Criterion, declared: number | string | undefined): string | undefined {
  const bound = parseBound(declared ?? Number.NaN);
  if (bound?.kind !== 'relative') return undefined;
  const judged = judgedBy(criterion);
  if (judged === 'evaluation' && bound.to === 'baseline') return undefined;
  if (judged === 'monitoring' && bound.to !== 'champion') return undefined;
  return `there is no ${bound.to} to lean on when ${judged} judges ${criterion.id}`;
}

const METRIC_KINDS: Readonly<Record<string, 'classification' | 'regression'>> = {
  roc_auc: 'classification',
  average_precision: 'classification',
  log_loss: 'classification',
  brier: 'classification',
  calibration_error: 'classification',
  accuracy: 'classification',
  precision: 'classification',
  recall: 'classification',
  f1: 'classification',
  rmse: 'regression',
  mae: 'regression',
  r2: 'regression',
  equalized_odds_difference: 'classification',
};

const GROUPED = new Set(['disparate_impact', 'demographic_parity_difference', 'equalized_odds_difference']);

function dataIssues(document: ProjectDocument): SchemaIssue[] {
  return [
    ...sourceIssues(document),
    ...splitIssues(document),
    ...contractIssues(document),
    ...tableIssues(document),
  ];
}

function sourceIssues({ data, clock }: ProjectDocument): SchemaIssue[] {
  const issues: SchemaIssue[] = [];
  const sources = Object.keys(data.sources);
  for (const name of Object.keys(data.contract ?? {})) {
    if (!sources.includes(name))
      issues.push(missing(['data', 'contract', name], 'source', name, sources, 'key'));
  }
  const examples = data.features.source;
  if (examples !== undefined && !sources.includes(examples)) {
    issues.push(missing(['data', 'features', 'source'], 'source', examples, sources));
  }
  // The order of keys means nothing, so it cannot say which source is the first.
  if (examples === undefined && sources.length > 1) {
    issues.push(issue(['data', 'features'], `with several sources, source says which holds the examples`));
  }
  const source = examplesSource(data);
  if (clock !== undefined && source !== undefined && source.time === undefined) {
    issues.push(issue(['clock'], 'a project clock needs the time of the source'));
  }
  for (const [name, { partition, time }] of Object.entries(data.sources)) {
    if (data.sources[name]?.type === 'parquet' && data.sources[name].delimiter !== undefined) {
      issues.push(issue(['data', 'sources', name, 'delimiter'], 'only a CSV file has a delimiter'));
    }
    if (partition !== undefined && partition !== 'none' && time === undefined) {
      issues.push(
        issue(['data', 'sources', name, 'partition'], `partition: ${partition} needs the time column`),
      );
    }
  }
  return issues;
}

function examplesSource(
  data: ProjectDocument['data'],
): ProjectDocument['data']['sources'][string] | undefined {
  return data.sources[data.features.source ?? Object.keys(data.sources)[0] ?? ''];
}

function splitIssues({ data, split }: ProjectDocument): SchemaIssue[] {
  if (split.by === 'hash') {
    if (split.validation + split.test < 1) return [];
    return [issue(['split'], 'validation and test together leave no row to train on')];
  }
  const issues: SchemaIssue[] = [];
  const source = examplesSource(data);
  if (data.features.time === undefined || (source !== undefined && source.time === undefined)) {
    issues.push(issue(['split', 'by'], 'by: time needs data.features.time and the time of the source'));
  }
  const held = durationMs(split.validation) + durationMs(split.test);
  if (durationMs(split.first_window) <= held) {
    issues.push(
      issue(['split', 'first_window'], 'expected a window longer than validation and test together'),
    );
  }
  return issues;
}

function contractIssues({ data }: ProjectDocument): SchemaIssue[] {
  const issues: SchemaIssue[] = [];
  const sources = Object.keys(data.sources);
  for (const [name, checks] of Object.entries(data.contract ?? {})) {
    checks.forEach((check, index) => {
      const path = ['data', 'contract', name, index, 'in'];
      for (const other of referredSources([check])) {
        if (!sources.includes(other)) issues.push(missing(path, 'source', other, sources));
        else if (leadsTo(data, other, name))
          issues.push(issue(path, `${name} would have to be read before itself`));
      }
    });
  }
  return issues;
}

/**
 * Does the contract of one source, through those of others, look up values of another (or is it that one)?
 */
function leadsTo(data: ProjectDocument['data'], from: string, to: string, seen = new Set<string>()): boolean {
  if (from === to) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  return referredSources(data.contract?.[from] ?? []).some((next) => leadsTo(data, next, to, seen));
}

/** A feature table is computed for a moment from what had arrived by then: all three must be known. */
function tableIssues({ data, split }: ProjectDocument): SchemaIssue[] {
  const { tables, time, available } = data.features;
  if (tables === undefined || Object.keys(tables).length === 0) return [];
  const path = ['data', 'features', 'tables'];
  const issues: SchemaIssue[] = [];
  if (time === undefined) issues.push(issue(path, 'feature tables need time: the moment they are read for'));
  if (available === undefined) issues.push(issue(path, 'feature tables need available: when a row arrived'));
  if (split.by !== 'time')
    issues.push(issue(path, 'feature tables need split by time, which says from when on'));
  return issues;
}

function referenceIssues(document: ProjectDocument): SchemaIssue[] {
  const ids = document.problem.criteria.map((criterion) => criterion.id);
  const issues: SchemaIssue[] = [];
  const rollout = document.deployment.rollout;
  if (typeof rollout === 'object') {
    (rollout.guard ?? []).forEach((id, index) => {
      const path = ['deployment', 'rollout', 'guard', index];
      const criterion = document.problem.criteria.find((one) => one.id === id);
      if (criterion === undefined) issues.push(missing(path, 'criterion', id, ids));
      else if (criterion.metric !== 'error_rate' || criterion.at_most === undefined) {
        issues.push(issue(path, `a guard is an error_rate with at_most, which ${id} is not`));
      }
    });
  }
  issues.push(...loopIssues(document));
  return issues;
}

/** What is watched, acted on and retrained for: causes that can occur. */
function loopIssues({ problem, monitoring, retraining }: ProjectDocument): SchemaIssue[] {
  const issues: SchemaIssue[] = [];
  const ids = problem.criteria.map((criterion) => criterion.id);
  const live = problem.criteria
    .filter((criterion) => judgedBy(criterion) === 'monitoring')
    .map(({ id }) => id);
  const refer = (
    path: readonly (string | number)[],
    what: string,
    name: string,
    known: readonly string[],
    at?: 'key',
  ): void => {
    if (known.includes(name)) return;
    const message = `${name} is not live; live: true lets monitoring judge it`;
    issues.push(
      ids.includes(name) ? { path, at: at ?? 'value', message } : missing(path, what, name, known, at),
    );
  };
  (monitoring?.watch ?? []).forEach((id, index) => {
    refer(['monitoring', 'watch', index], 'live criterion', id, live);
  });
  for (const [cause, actions] of Object.entries(monitoring?.actions ?? {})) {
    const path = ['monitoring', 'actions', cause];
    refer(path, 'cause or live criterion', cause, [...CAUSES, ...live], 'key');
    actions.forEach((action, index) => {
      const kind = typeof action === 'string' ? action : action.do;
      if (kind === 'retrain' && retraining === undefined) {
        issues.push(issue([...path, index], 'retrain needs a retraining part, which says how'));
      }
    });
  }
  if (monitoring?.actions?.['drift'] !== undefined && monitoring.drift === undefined) {
    issues.push(
      issue(['monitoring', 'actions', 'drift'], 'nothing looks for drift: monitoring.drift says how'),
    );
  }
  (retraining?.when ?? []).forEach((word, index) => {
    const path = ['retraining', 'when', index];
    refer(path, 'occasion or live criterion', word, ['drift', 'daily', 'weekly', 'monthly', ...live]);
    if (word === 'drift' && monitoring?.drift === undefined) {
      issues.push(issue(path, 'nothing looks for drift: monitoring.drift says how'));
    }
  });
  return issues;
}

function missing(
  path: readonly (string | number)[],
  what: string,
  name: string,
  known: readonly string[],
  at: 'key' | 'value' = 'value',
): SchemaIssue {
  const near = nearest(name, known);
  const hint = near === undefined ? `known: ${known.join(', ')}` : `did you mean ${near}?`;
  return { path, at, message: `there is no ${what} ${name}; ${hint}` };
}

function issue(path: readonly (string | number)[], message: string): SchemaIssue {
  return { path, at: 'value', message };
}
