import type { PreparedInstance } from '../decide/release-decider.ts';
import type { RouteWeight } from './plane-status.ts';
import type { ServedRelease } from './served-release.ts';

/** What varies from one prediction of a route to the next. */
export interface RecordParts {
  readonly id: string;
  readonly at: number;
  /** The instance as it was parsed, an object that was checked. */
  readonly fields: unknown;
  readonly prepared: PreparedInstance;
  readonly prediction: number;
  readonly latencyUs: number;
}

/**
 * A character that JSON may write otherwise than it is (ECMA-262, QuoteJSONString), surrogates among them.
 */
const ESCAPED = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

/**
 * Writes `PredictionRecord`s of one route as lines. What is the same in every line is spelled once, here; a
 * line costs two concatenations for each field and model input. `foreign`: fields that other routes of the
 * endpoint take; they are recorded as they came.
 */
export function recordLines(
  route: RouteWeight,
  served: ServedRelease,
  foreign: readonly string[],
): (parts: RecordParts) => string {
  const names = JSON.stringify({ endpoint: route.endpoint, release: route.release, version: route.version });
  const middle = `,${names.slice(1, -1)},"fields":{`;
  const { inputs, fields: own } = served.decider.manifest;
  const fieldNames = own.map((field) => field.name);
  const spelled = [...fieldNames, ...foreign].map((name) => `,${JSON.stringify(name)}:`);
  const keys = inputs.map((input, i) => `${i === 0 ? '' : ','}${JSON.stringify(input.name)}:`);
  const fieldsText = (given: Readonly<Record<string, unknown>>): string => {
    let text = '';
    for (let i = 0; i < fieldNames.length; i++) {
      const value = given[fieldNames[i] as string];
      if (isCell(value)) text += (spelled[i] as string) + cellText(value);
    }
    for (let i = 0; i < foreign.length; i++) {
      const name = foreign[i] as string;
      if (Object.hasOwn(given, name))
        text += (spelled[fieldNames.length + i] as string) + JSON.stringify(given[name]);
    }
    return text.slice(1);
  };
  return ({ id, at, fields, prepared, prediction, latencyUs }) => {
    let features = '';
    for (let i = 0; i < keys.length; i++) features += (keys[i] as string) + cellText(prepared.inputs[i]);
    const finite = Number.isFinite(prediction);
    return (
      `{"id":"${id}","key":${cellText(prepared.key)},"at":${at},"t":${prepared.eventTimeMs}${middle}` +
      `${fieldsText(fields as Readonly<Record<string, unknown>>)}},"features":{${features}}` +
      `,"prediction":${finite ? prediction : null},"latencyUs":${latencyUs},"error":${!finite}}\n`
    );
  };
}

/** A checked field is one of these or absent; what an object inherits under its name is none of them. */
function isCell(value: unknown): value is number | string | boolean | null {
  return (
    value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  );
}

function cellText(value: number | string | boolean | null | undefined): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  if (typeof value === 'string') return ESCAPED.test(value) ? JSON.stringify(value) : `"${value}"`;
  return typeof value === 'boolean' ? String(value) : 'null';
}
