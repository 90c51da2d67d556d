import type { Expression } from './expression.ts';

/**
 * The same expression in DuckDB's SQL. Where DuckDB would raise an error or give NaN it gets NULL, as
 * defined.
 */
export function sqlOf(expression: Expression): string {
  if (expression.kind === 'field') return expression.name;
  if (expression.kind === 'literal') {
    const { value } = expression;
    if (typeof value === 'number') return `('${value}'::double)`;
    return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : `${value}`;
  }
  const { fn } = expression;
  const args = expression.args.map(sqlOf);
  const [a = '', b = '', c = ''] = args;
  const [first] = expression.args;
  switch (fn) {
    case '-':
      return args.length === 1 ? `(- ${a})` : `nan_null(${a} - ${b})`;
    case '+':
    case '*':
    case '/':
    case '%':
      return `nan_null(${a} ${fn} ${b})`;
    case '//':
      return `nan_null(trunc(${a} / ${b}))`;
    case 'round':
      return args.length === 1 ? `round(${a})` : `round(${a}, ${numberIn(expression.args[1])})`;
    case 'sqrt':
      return `(case when ${a} >= 0 then sqrt(${a}) end)`;
    case 'substr':
      return `substr(${[a, ...expression.args.slice(1).map((arg) => numberIn(arg))].join(', ')})`;
    case 'in':
      return `(${a} in (${args.slice(1).join(', ')}))`;
    case 'between':
      return `(${a} between ${b} and ${c})`;
    case 'case':
      return caseSql(args);
    case 'not':
      return `(not ${a})`;
    case 'is_null':
      return `(${a} is null)`;
    case 'is_not_null':
      return `(${a} is not null)`;
    case 'cast_number':
      return `try_cast(${a} as double)`;
    case 'cast_string':
      return `cast(${a} as varchar)`;
    case 'cast_boolean':
      return `try_cast(${a} as boolean)`;
    case 'cast_time':
      return `try_cast(trim(${a}) as timestamp)`;
    case 'date_trunc':
      return `date_trunc('${first?.kind === 'literal' ? first.value : ''}', ${b})`;
    case 'add_interval':
      return `(${a} + to_milliseconds(${numberIn(expression.args[1])}))`;
    case 'diff_ms':
      return `date_diff('millisecond', ${a}, ${b})::double`;
    default:
      break;
  }
  if (/^[a-z]/.test(fn) && fn !== 'and' && fn !== 'or') {
    const type =
      /^(length|year|month|day|hour|minute|second|dayofweek|isodow|dayofyear|epoch|epoch_ms)$/.test(fn);
    return `${fn}(${args.join(', ')})${type ? '::double' : ''}`;
  }
  return `(${args.join(` ${fn} `)})`;
}

function numberIn(expression: Expression | undefined): number {
  return expression?.kind === 'literal' ? Number(expression.value) : Number.NaN;
}

function caseSql(args: readonly string[]): string {
  const pairs = Math.floor(args.length / 2);
  const whens = Array.from({ length: pairs }, (_, i) => `when ${args[2 * i]} then ${args[2 * i + 1]}`);
  const otherwise = args.length % 2 === 1 ? ` else ${args.at(-1)}` : '';
  return `(case ${whens.join(' ')}${otherwise} end)`;
}
