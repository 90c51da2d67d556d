import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { TendError } from '../kernel/error.ts';
import { ENDPOINT_NAME } from './endpoint-name.ts';
import { replaceFile } from './replace-file.ts';
import { routingFile } from './routing-file.ts';

/** Weights are decimal shares; three thirds written with six digits still sum to one within this. */
const WEIGHT_SUM_TOLERANCE = 1e-5;

const route = z.strictObject({
  /** SHA-256 of the release manifest, a blob. */
  releaseHash: z.string().regex(/^[0-9a-f]{64}$/),
  version: z.string().min(1).max(100),
  /** Share of the endpoint's requests, 0 to 1. */
  weight: z.number().min(0).max(1),
  /** `warm`: loaded, takes no traffic, one swap away. */
  role: z.enum(['stable', 'candidate', 'warm']),
});

const endpoint = z
  .strictObject({
    name: z.string().regex(ENDPOINT_NAME, 'lower-case letters, digits and hyphens, at most 63'),
    project: z.string().min(1).max(200),
    /** `stopped`: refuses until it is resumed; `retired`: for good, its tombstone answers. */
    state: z.enum(['serving', 'stopped', 'retired']).default('serving'),
    /** Why it is stopped or throttled, for whoever is refused. */
    reason: z.string().max(2_000).nullable().default(null),
    /** Predictions a second, over all workers; a burst of one second's worth passes. */
    throttle: z
      .strictObject({ perSecond: z.number().gt(0).max(1e9) })
      .nullable()
      .default(null),
    tombstone: z
      .strictObject({
        /** Endpoint to ask instead. */
        successor: z.string().max(200).nullable(),
        /** Milliseconds since 1970-01-01 UTC. */
        at: z.number().int(),
      })
      .nullable()
      .default(null),
    /** None only where it is retired. */
    routes: z.array(route).max(20),
  })
  .refine((value) => value.state === 'retired' || value.routes.length > 0, {
    message: 'an endpoint that is not retired has a route',
    path: ['routes'],
  })
  .refine((value) => value.routes.length === 0 || sumsToOne(value.routes), {
    message: 'the weights of the routes must sum to 1',
    path: ['routes'],
  })
  .refine((value) => value.routes.every((one) => one.role !== 'warm' || one.weight === 0), {
    message: 'a warm route takes no traffic: its weight is 0',
    path: ['routes'],
  })
  .refine((value) => new Set(value.routes.map((one) => one.releaseHash)).size === value.routes.length, {
    message: 'each release may stand in one route of an endpoint',
    path: ['routes'],
  });

/** Everything a serving worker needs to know of the outside: which releases answer for which endpoint. */
export const routingSnapshot = z
  .strictObject({
    format: z.literal('tend.routing/v1'),
    /** Grows with every snapshot; /status names the one in force. */
    generation: z.number().int().min(0),
    /** Folder of content-addressed blobs. */
    blobDir: z.string().min(1),
    /** Folder of feature tables, `<project>/<table>/<at>.json`. */
    featureDir: z.string().min(1),
    endpoints: z.array(endpoint).max(1_000),
  })
  .refine((value) => new Set(value.endpoints.map((one) => one.name)).size === value.endpoints.length, {
    message: 'an endpoint is named twice',
    path: ['endpoints'],
  });

export type RoutingSnapshot = z.output<typeof routingSnapshot>;
/** A snapshot on its way into the file: what is left out has its default. */
export type RoutingDraft = z.input<typeof routingSnapshot>;
export type RoutedEndpoint = RoutingSnapshot['endpoints'][number];

function sumsToOne(routes: readonly { readonly weight: number }[]): boolean {
  const sum = routes.reduce((total, one) => total + one.weight, 0);
  return Math.abs(sum - 1) <= WEIGHT_SUM_TOLERANCE;
}

/** Writes the snapshot atomically and durably. @throws STATE_UNREADABLE when it breaks its own schema. */
export async function writeRouting(stateDir: string, snapshot: RoutingDraft): Promise<void> {
  await replaceFile(routingFile(stateDir), `${JSON.stringify(parseRouting(snapshot))}\n`);
}

/**
 * The snapshot in force, or null when none was ever written. @throws STATE_UNREADABLE when it does not
 * parse.
 */
export async function readRouting(stateDir: string): Promise<RoutingSnapshot | null> {
  let text: string;
  try {
    text = await readFile(routingFile(stateDir), 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new TendError('STATE_UNREADABLE', 'routing.json is not JSON', { cause });
  }
  return parseRouting(value);
}

function parseRouting(value: unknown): RoutingSnapshot {
  const parsed = routingSnapshot.safeParse(value);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  const first = fields[0];
  throw new TendError(
    'STATE_UNREADABLE',
    `the routing snapshot is not one: ${first === undefined ? '' : `${first.path}: ${first.message}`}`,
    { fields },
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
