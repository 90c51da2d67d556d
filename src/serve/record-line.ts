import type { PreparedInstance } from '../decide/release-decider.ts';
import type { RouteWeight } from './plane-status.ts';
import type { ServedRelease } from './served-release.ts';

/** What varies from one prediction of a route to the next. */
export interface RecordParts {
  readonly id: string;
  readonly at: number;
  /** The instance as it was parsed. */
  readonly fields: unknown;
  readonly prepared: PreparedInstance;
  readonly prediction: number;
  readonly latencyUs: number;
}

/**
 * Writes `PredictionRecord`s of one route as lines. What is the same in every line is spelled once, here; a
 * line costs two concatenations for each model input and one `JSON.stringify` for the raw fields.
 */
export function recordLines(route: RouteWeight, served: ServedRelease): (parts: RecordParts) => string {
  const names = JSON.stringify({ endpoint: route.endpoint, release: route.release, version: route.version });
  const middle = `,${names.slice(1, -1)},"fields":`;
  const inputs = served.decider.manifest.inputs;
  const keys = inputs.map((input, i) => `${i === 0 ? '' : ','}${JSON.stringify(input.name)}:`);
  return ({ id, at, fields, prepared, prediction, latencyUs }) => {
    let features = '';
    for (let i = 0; i < keys.length; i++) features += (keys[i] as string) + cellText(prepared.inputs[i]);
    const finite = Number.isFinite(prediction);
    return (
      `{"id":"${id}","at":${at},"t":${prepared.eventTimeMs}${middle}${JSON.stringify(fields)}` +
      `,"features":{${features}},"prediction":${finite ? prediction : null}` +
      `,"latencyUs":${latencyUs},"error":${!finite}}\n`
    );
  };
}

function cellText(value: number | string | null | undefined): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  return typeof value === 'string' ? JSON.stringify(value) : 'null';
}
