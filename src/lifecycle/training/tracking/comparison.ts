/** How a value is compared; `present`, `absent`: whether there is one. */
export type TextOperator = '=' | '!=' | 'like' | 'ilike' | 'in' | 'not in' | 'present' | 'absent';
export type NumberOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** A comparison of a text with another, or with several; LIKE has `%` and `_`. */
export interface TextTest {
  readonly operator: TextOperator;
  readonly values: readonly string[];
}

/** A comparison of a number. */
export interface NumberTest {
  readonly operator: NumberOperator;
  readonly value: number;
}

/** A piece of SQL with its values in order. */
export interface Fragment {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** A comparison of a column with numbers. */
export function numberFragment(column: string, { operator, value }: NumberTest): Fragment {
  const sign = operator === '!=' ? '<>' : operator;
  return { sql: `${column} ${sign} ?`, values: [value] };
}

/**
 * A comparison of a column of integers. PostgreSQL takes no fraction for one, so the number is rounded to
 * where it divides the integers alike.
 */
export function integerFragment(column: string, { operator, value }: NumberTest): Fragment {
  if (!Number.isInteger(value) && (operator === '=' || operator === '!='))
    return { sql: operator === '=' ? 'false' : `${column} is not null`, values: [] };
  const whole = operator === '>=' || operator === '<' ? Math.ceil(value) : Math.floor(value);
  const bounded = Math.min(Number.MAX_SAFE_INTEGER, Math.max(Number.MIN_SAFE_INTEGER, whole));
  return numberFragment(column, { operator, value: bounded });
}

/**
 * A comparison of a column with texts. LIKE looks at case and ILIKE does not (on SQLite for ASCII), on both
 * databases: SQLite's own LIKE never looks at it, GLOB does.
 */
export function textFragment(
  column: string,
  { operator, values }: TextTest,
  dialect: 'sqlite' | 'postgres',
): Fragment {
  switch (operator) {
    case '=':
      return { sql: `${column} = ?`, values };
    case '!=':
      return { sql: `${column} <> ?`, values };
    case 'in':
    case 'not in':
      return { sql: `${column} ${operator} (${values.map(() => '?').join(', ')})`, values };
    case 'like':
      return dialect === 'sqlite'
        ? { sql: `${column} glob ?`, values: values.map(globOfLike) }
        : { sql: `${column} like ? escape ''`, values };
    case 'ilike':
      return dialect === 'sqlite'
        ? { sql: `${column} like ?`, values }
        : { sql: `${column} ilike ? escape ''`, values };
    case 'present':
      return { sql: `${column} is not null`, values: [] };
    case 'absent':
      return { sql: `${column} is null`, values: [] };
  }
}

/** `%` and `_` as `*` and `?`, and what only GLOB knows in brackets. */
function globOfLike(pattern: string): string {
  return pattern.replaceAll(/[*?[%_]/g, (sign) => (sign === '%' ? '*' : sign === '_' ? '?' : `[${sign}]`));
}
