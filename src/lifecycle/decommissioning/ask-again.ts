import { z } from 'zod';
import type { ReleaseManifest } from '../../decide/release.ts';
import type { PredictionRecord } from '../../serve/prediction-record.ts';
import { ownFields } from './release-sample.ts';

/** A logged prediction that was asked again. */
export interface Asked {
  readonly logged: PredictionRecord;
  /** What came: the id of the new prediction and its value, or why there is none. */
  readonly came: { readonly id: string; readonly prediction: number } | { readonly refused: string };
}

/** Whom to ask. */
export interface AskTarget {
  /** URL of the endpoint's predictions. */
  readonly url: string;
  readonly manifest: ReleaseManifest;
  readonly signal: AbortSignal;
}

/** Requests under way at once. */
const AT_ONCE = 8;
/** Predictions of one moment in one request. */
const INSTANCES_MAX = 500;
const REASON_CHARS = 300;

const answer = z.object({ predictions: z.array(z.number()), ids: z.array(z.string()) });

/** Asks for logged predictions again, each with its raw fields and its event time. */
export async function askAgain(
  records: readonly PredictionRecord[],
  target: AskTarget,
): Promise<readonly Asked[]> {
  const requests = requestsOf(records);
  const asked: Asked[] = [];
  const lane = async (): Promise<void> => {
    for (let next = requests.shift(); next !== undefined; next = requests.shift()) {
      asked.push(...(await ask(next, target)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return asked;
}

/** Records of one moment go together: the time of a request is that of all its instances. */
function requestsOf(records: readonly PredictionRecord[]): PredictionRecord[][] {
  const requests: PredictionRecord[][] = [];
  for (const record of records) {
    const last = requests.at(-1);
    if (last?.[0]?.t === record.t && last.length < INSTANCES_MAX) last.push(record);
    else requests.push([record]);
  }
  return requests;
}

async function ask(
  records: readonly PredictionRecord[],
  { url, manifest, signal }: AskTarget,
): Promise<Asked[]> {
  const body = JSON.stringify({ instances: records.map((record) => ownFields(manifest, record)) });
  const headers = {
    'content-type': 'application/json',
    'tend-event-time': new Date(records[0]?.t ?? 0).toISOString(),
  };
  const response = await fetch(url, { method: 'POST', headers, body, signal });
  const text = await response.text();
  const said = response.status === 200 ? answer.safeParse(JSON.parse(text)) : undefined;
  const refused = `${response.status} ${text.slice(0, REASON_CHARS)}`;
  return records.map((logged, index) => {
    const id = said?.data?.ids[index];
    const prediction = said?.data?.predictions[index];
    const came = id === undefined || prediction === undefined ? { refused } : { id, prediction };
    return { logged, came };
  });
}
