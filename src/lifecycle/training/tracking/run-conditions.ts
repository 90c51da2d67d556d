import type { Database } from '../../../store/database.ts';
import { type Fragment, integerFragment, numberFragment, textFragment } from './comparison.ts';
import type { RunAttribute, RunCondition } from './run-search.ts';

/** Columns of `run r join experiment e`. */
export const ATTRIBUTE_COLUMNS = {
  id: 'r.id',
  name: 'r.name',
  state: 'r.state',
  user: 'r.user_name',
  started: 'r.started_at',
  ended: 'r.ended_at',
  'artifact-uri': "(e.artifact_location || '/' || r.id || '/artifacts')",
  experiment: 'r.experiment_id',
} as const satisfies Record<RunAttribute, string>;

/** Tables of what is logged by key, and the column of its value. */
export const VALUE_TABLES = { metric: 'run_latest', param: 'run_param', tag: 'run_tag' } as const;

const DATASET_COLUMNS = { name: 'd.name', digest: 'd.digest', context: 'i.context' } as const;

/** A condition on the run `r` as SQL: one look-up in an index for each, and no join. */
export function conditionFragment(condition: RunCondition, dialect: Database['dialect']): Fragment {
  switch (condition.on) {
    case 'attribute':
      return textFragment(ATTRIBUTE_COLUMNS[condition.attribute], condition.test, dialect);
    case 'time':
      return integerFragment(ATTRIBUTE_COLUMNS[condition.attribute], condition.test);
    case 'metric': {
      const value = numberFragment('v.value', condition.test);
      return ofKey('metric', condition.key, { ...value, sql: `v.nan = 0 and ${value.sql}` });
    }
    case 'param':
    case 'tag': {
      const { operator } = condition.test;
      if (operator === 'absent') {
        const present = ofKey(condition.on, condition.key, { sql: 'true', values: [] });
        return { ...present, sql: `not ${present.sql}` };
      }
      return ofKey(condition.on, condition.key, textFragment('v.value', condition.test, dialect));
    }
    case 'dataset': {
      const test = textFragment(DATASET_COLUMNS[condition.attribute], condition.test, dialect);
      return {
        sql:
          'exists (select 1 from run_input i join logged_dataset d on d.id = i.dataset_id ' +
          `where i.run_id = r.id and ${test.sql})`,
        values: test.values,
      };
    }
  }
}

function ofKey(on: keyof typeof VALUE_TABLES, key: string, test: Fragment): Fragment {
  return {
    sql: `exists (select 1 from ${VALUE_TABLES[on]} v where v.run_id = r.id and v.key = ? and ${test.sql})`,
    values: [key, ...test.values],
  };
}
