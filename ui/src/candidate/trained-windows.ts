import type { SpanRow } from '../chart/span-chart.ts';
import type { Json, JsonObject } from '../evidence/json.ts';
import { isNumber, isObject } from '../evidence/json-guard.ts';

/**
 * The windows in the body of a comparison: what the champion and the candidate of this version were trained
 * and tested on, and the rows on which both were judged. Empty where the body tells none: rows may be divided
 * by hash.
 */
export function trainedWindows(body: Json, version: number | null): readonly SpanRow[] {
  if (!isObject(body)) return [];
  const champion = isObject(body['champion']) ? body['champion'] : undefined;
  const candidates = Array.isArray(body['candidates']) ? body['candidates'].filter(isObject) : [];
  const own = candidates.find((one) => one['version'] === version);
  const judged = isObject(body['judged']) ? body['judged'] : {};
  return [
    ...rowOf(`champion${versionText(champion)}`, champion),
    ...rowOf(`candidate${versionText(own)}`, own),
    ...(isNumber(judged['from']) && isNumber(judged['to'])
      ? [{ name: 'judged on', spans: [{ use: 'judged' as const, from: judged['from'], to: judged['to'] }] }]
      : []),
  ];
}

function versionText(one: JsonObject | undefined): string {
  return isNumber(one?.['version']) ? ` v${one['version']}` : '';
}

function rowOf(name: string, one: JsonObject | undefined): readonly SpanRow[] {
  const bounds = one?.['trained'];
  if (!isObject(bounds)) return [];
  const { from, validation, test, to } = bounds;
  if (!isNumber(from) || !isNumber(validation) || !isNumber(test) || !isNumber(to)) return [];
  return [
    {
      name,
      spans: [
        { use: 'train', from, to: validation },
        { use: 'validation', from: validation, to: test },
        { use: 'test', from: test, to },
      ],
    },
  ];
}
