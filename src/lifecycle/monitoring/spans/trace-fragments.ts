import type { Database } from '../../../store/database.ts';
import {
  type Fragment,
  integerFragment,
  numberFragment,
  type NumberTest,
  type TextTest,
  textFragment,
} from '../../training/index.ts';
import { NAME_TAG, RUN_METADATA } from './trace.ts';
import type { TraceCondition, TraceOrder } from './trace-search.ts';

type Dialect = Database['dialect'];

/** Conditions on a trace `t`, as SQL. */
export function traceFragments(conditions: readonly TraceCondition[], dialect: Dialect): readonly Fragment[] {
  const spans = conditions.flatMap((one) => spanFragment(one, dialect));
  const rest = conditions.flatMap((one) => traceFragment(one, dialect));
  if (spans.length === 0) return rest;
  const each = spans.map(({ sql }) => ` and ${sql}`).join('');
  const all = {
    sql: `exists (select 1 from span s where s.trace_id = t.id${each})`,
    values: spans.flatMap(({ values }) => values),
  };
  // Dear ones last: most traces are out before their spans are looked at.
  return [...rest, all];
}

const DURATION = '(t.ended_at - t.started_at)';

function traceFragment(condition: TraceCondition, dialect: Dialect): Fragment[] {
  switch (condition.on) {
    case 'text':
      return [textFragment(`t.${condition.column}`, condition.test, dialect)];
    case 'time': {
      const column = condition.column === 'duration' ? DURATION : `t.${condition.column}`;
      return [integerFragment(column, condition.test)];
    }
    case 'tag':
      return [valueFragment('trace_tag', condition.key, condition.test, dialect)];
    case 'metadata':
      return [valueFragment('trace_metadata', condition.key, condition.test, dialect)];
    case 'run':
      return [runFragment(condition.test, dialect)];
    case 'assessment':
      return [assessmentFragment(condition, dialect)];
    default:
      return [];
  }
}

function valueFragment(table: string, key: string, test: TextTest, dialect: Dialect): Fragment {
  const start = `exists (select 1 from ${table} v where v.trace_id = t.id and v.key = ?`;
  if (test.operator === 'absent') return { sql: `not ${start})`, values: [key] };
  const compared = textFragment('v.value', test, dialect);
  return { sql: `${start} and ${compared.sql})`, values: [key, ...compared.values] };
}

/** The run that made a trace, or one to which it was linked. */
function runFragment(test: TextTest, dialect: Dialect): Fragment {
  const made = valueFragment('trace_metadata', RUN_METADATA, test, dialect);
  if (test.operator !== '=' && test.operator !== 'in') return made;
  const compared = textFragment('l.run_id', test, dialect);
  const linked = `exists (select 1 from trace_run l where l.trace_id = t.id and ${compared.sql})`;
  return { sql: `(${made.sql} or ${linked})`, values: [...made.values, ...compared.values] };
}

function assessmentFragment(
  { kind, name, test }: Extract<TraceCondition, { on: 'assessment' }>,
  dialect: Dialect,
): Fragment {
  const start =
    'exists (select 1 from assessment a where a.trace_id = t.id and a.valid = 1 and a.kind = ? ' +
    'and a.name = ?';
  if (isText(test)) {
    if (test.operator === 'absent') return { sql: `not ${start})`, values: [kind, name] };
    const compared = textFragment('a.value', test, dialect);
    return { sql: `${start} and ${compared.sql})`, values: [kind, name, ...compared.values] };
  }
  const compared = numberFragment('a.number', test);
  return { sql: `${start} and ${compared.sql})`, values: [kind, name, ...compared.values] };
}

function isText(test: TextTest | NumberTest): test is TextTest {
  return 'values' in test;
}

function spanFragment(condition: TraceCondition, dialect: Dialect): Fragment[] {
  if (condition.on === 'span') {
    const column =
      condition.column === 'content' ? "(s.name || ' ' || s.attributes || s.body)" : `s.${condition.column}`;
    return [textFragment(column, condition.test, dialect)];
  }
  if (condition.on !== 'span-attribute') return [];
  const value = attributeFragment(condition.key, dialect);
  const compared = textFragment(value.sql, condition.test, dialect);
  return [{ sql: compared.sql, values: [...value.values, ...compared.values] }];
}

/** A text as it is, anything else as its JSON. SQLite's own form of true is 1. */
function attributeFragment(key: string, dialect: Dialect): Fragment {
  if (dialect === 'postgres') return { sql: '(s.attributes::json ->> cast(? as text))', values: [key] };
  const path = `$."${key}"`;
  return {
    sql:
      "(case json_type(s.attributes, ?) when 'true' then 'true' when 'false' then 'false' " +
      'else cast(json_extract(s.attributes, ?) as text) end)',
    values: [path, path],
  };
}

/** An order of traces `t`, as SQL; SQLite and PostgreSQL disagree on where nulls go, so both are told. */
export function orderFragment({ by, descending }: TraceOrder): Fragment {
  const value = (table: string, key: string): Fragment => ({
    sql: `(select v.value from ${table} v where v.trace_id = t.id and v.key = ?)`,
    values: [key],
  });
  const compared =
    by === 'name'
      ? value('trace_tag', NAME_TAG)
      : by === 'run'
        ? value('trace_metadata', RUN_METADATA)
        : { sql: by === 'duration' ? DURATION : `t.${by}`, values: [] };
  return {
    sql: `${compared.sql} is null, ${compared.sql} ${descending ? 'desc' : 'asc'}`,
    values: [...compared.values, ...compared.values],
  };
}
