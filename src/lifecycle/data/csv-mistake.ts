import { basename } from 'node:path';
import { sqlText } from '../../table/sql-name.ts';
import type { TableSession } from '../../table/tables.ts';

/**
 * What is wrong with a CSV file that cannot be read, in a sentence with its line; the engine's own words,
 * without its advice about settings that Tend does not have, where it is no matter of columns.
 */
export async function csvMistake(
  session: TableSession,
  path: string,
  delimiter: string,
  said: string,
): Promise<string> {
  const file = sqlText(path);
  const plain = `auto_detect = false, quote = '"', escape = '"'`;
  const own = said.split('\nPossible fixes:')[0]?.split('\nThe search space used was:')[0] ?? said;
  try {
    const whole = `columns = {'line': 'VARCHAR'}, delim = '\x1f', header = false`;
    const lines = `read_csv(${file}, ${whole}, ${plain})`;
    const [first] = await session.rows(`SELECT line FROM ${lines} LIMIT 1`);
    const width = String(first?.line ?? '').split(delimiter).length;
    const columns = Array.from({ length: width }, (_, i) => `'c${i}': 'VARCHAR'`).join(', ');
    const dialect = `delim = ${sqlText(delimiter)}, header = true, ${plain}`;
    await session.rows(`SELECT count(*) FROM read_csv(${file}, columns = {${columns}}, ${dialect})`);
  } catch (error) {
    const found = /CSV Error on Line: (\d+)[\s\S]*Expected Number of Columns: (\d+) Found: (\d+)/.exec(
      error instanceof Error ? error.message : '',
    );
    if (found !== null) {
      const [, line, expected, came] = found;
      return `line ${line} of ${basename(path)} has ${came} columns, expected ${expected} as in its header`;
    }
  }
  return own;
}
