import { invalid } from './mlflow-error.ts';

/** Where a page ended, as a text that means something to us alone. Clients hand it back as it is. */
export function pageToken(cursor: object | undefined): string | undefined {
  return cursor === undefined ? undefined : Buffer.from(JSON.stringify(cursor), 'utf8').toString('base64');
}

type Check = 'number' | 'integer' | 'count' | 'text' | 'keys';

/** The cursor in a token, with these members. @throws INVALID_PARAMETER_VALUE for any other text */
export function readPageToken<T extends object>(
  token: string | undefined,
  members: Readonly<Record<keyof T & string, Check>>,
): T | undefined {
  if (token === undefined || token === '') return undefined;
  if (!/^[A-Za-z0-9+/_-]+=*$/.test(token)) throw invalid('Invalid page token, could not base64-decode');
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(token, 'base64').toString('utf8'));
  } catch {
    throw invalid('Invalid page token, parsed value is not one that a page gave');
  }
  const given = (typeof value === 'object' && value !== null ? value : {}) as Readonly<
    Record<string, unknown>
  >;
  for (const [name, check] of Object.entries<Check>(members)) {
    if (!holds(given[name], check))
      throw invalid('Invalid page token, parsed value is not one that a page gave');
  }
  return given as T;
}

function holds(value: unknown, check: Check): boolean {
  if (check === 'number') return typeof value === 'number' && Number.isFinite(value);
  if (check === 'integer' || check === 'count')
    return Number.isSafeInteger(value) && (check === 'integer' || Number(value) >= 0);
  if (check === 'text') return typeof value === 'string' && !value.includes('\0');
  return (
    Array.isArray(value) && value.every((one) => one === null || holds(one, 'number') || holds(one, 'text'))
  );
}

/** The number of results to give. @throws INVALID_PARAMETER_VALUE outside of 1 to `max` */
export function pageLimit(asked: number | undefined, usual: number, max: number): number {
  const limit = asked ?? usual;
  if (limit < 1 || limit > max) {
    throw invalid(
      `Invalid value ${limit} for parameter 'max_results' supplied: it must be between 1 and ${max}.`,
    );
  }
  return limit;
}
