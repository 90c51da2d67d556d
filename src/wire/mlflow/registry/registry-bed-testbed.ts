import assert from 'node:assert/strict';
import type { DatabaseContext } from '../../../../test/database-context.ts';
import { type MlflowBed, openMlflowBed, type Reply } from '../mlflow-testbed.ts';

/** What a call answers that must succeed. */
export async function ok(reply: Promise<Reply>): Promise<Reply['json']> {
  const { status, json, text } = await reply;
  assert.equal(status, 200, text);
  return json;
}

/** Status and code of a refusal. */
export async function refusal(reply: Promise<Reply>): Promise<string> {
  const { status, json } = await reply;
  return `${status} ${json?.error_code}`;
}

/** A claim about the routes of a database. */
export const withBed =
  (claim: (bed: MlflowBed) => Promise<void>) =>
  async ({ db }: DatabaseContext): Promise<void> => {
    using bed = openMlflowBed(db);
    await claim(bed);
  };

/** Registers a model. */
export const model = (bed: MlflowBed, name: string, input: object = {}) =>
  ok(bed.call('POST', 'registered-models/create', { name, ...input }));

/** Registers a version. */
export const version = (bed: MlflowBed, name: string, input: object = {}) =>
  ok(bed.call('POST', 'model-versions/create', { name, source: 's3://bucket/model', ...input }));

/** Names of the models that a search finds. */
export async function names(
  bed: MlflowBed,
  filter: string,
  orderBy: readonly string[] = [],
): Promise<string[]> {
  const found = await ok(bed.call('GET', 'registered-models/search', { filter, order_by: orderBy }));
  return (found.registered_models ?? []).map((one: { name: string }) => one.name);
}

/** Names and numbers of the versions that a search finds. */
export async function numbers(
  bed: MlflowBed,
  filter: string,
  orderBy: readonly string[] = [],
): Promise<string[]> {
  const found = await ok(bed.call('GET', 'model-versions/search', { filter, order_by: orderBy }));
  return (found.model_versions ?? []).map(
    (one: { name: string; version: string }) => `${one.name}/${one.version}`,
  );
}

/** A tag. */
export const tag = (key: string, value: string) => ({ key, value });
