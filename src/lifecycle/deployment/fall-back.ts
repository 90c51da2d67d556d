import { TendError } from '../../kernel/error.ts';
import { asJson } from '../../kernel/json.ts';
import { parseJsonText } from '../../store/json-text.ts';
import type { BlobStore } from '../../store/blob.ts';
import type { Database } from '../../store/database.ts';
import { readManifest } from '../evaluation/index.ts';
import {
  changeEndpoint,
  type EndpointAsk,
  type EndpointContext,
  type LiveEndpoint,
  liveEndpoint,
} from './endpoint-change.ts';
import { releaseStatement, routeRows } from './endpoint-store.ts';
import { answerToNothing, fallbackRelease, type FallbackRule, isFallback } from './fallback-release.ts';
import { endStatement, runningRollouts } from './rollout-store.ts';

/** What a fallback did: which rule answers now, and the version that did before. */
export interface FellBack {
  readonly endpoint: string;
  /** Model input that is the answer, and the answer where it is missing. */
  readonly input: string;
  readonly missing: number;
  readonly version: string;
  readonly before: string;
}

/**
 * Lets a simple answer take over an endpoint: a feature by name, or the baseline that tend.yaml declares. It
 * is a release as any other, with a model that passes one input through; the release before stays warm, so
 * that `rollBack` goes back from it, and the champion stays. During a rollout it ends that. Where the rule
 * answers already, nothing changes.
 * @param input `missing`: the answer where the feature is missing, and of a constant baseline; if absent
 *   what the
 *   release before says of an instance without any input
 * @throws NOT_FOUND, GONE; INVALID_INPUT where no number has the name; CONFLICT when the endpoint was moved
 *   meanwhile, or nothing answers there
 */
export async function fallBack(
  ctx: EndpointContext & { readonly blobs: BlobStore },
  input: EndpointAsk & { readonly to: string; readonly missing?: number },
): Promise<FellBack> {
  const endpoint = await liveEndpoint(ctx.db, input.endpoint);
  const present = presentRoute(endpoint);
  const base = await readManifest(ctx, present.releaseHash);
  const rule = await ruleOf(ctx.db, endpoint.project, input.to);
  const missing = input.missing ?? answerToNothing(base, await ctx.blobs.read(base.modelBlob));
  const release = fallbackRelease(base, rule, missing);
  const { version } = release;
  const done = { endpoint: endpoint.name, input: release.input, missing: release.missing, version };
  await ctx.blobs.put(release.modelBytes);
  const { hash } = await ctx.blobs.put(Buffer.from(JSON.stringify(release.manifest), 'utf8'));
  const stable = endpoint.routes.find((route) => route.role === 'stable');
  const [rollout] = await runningRollouts(ctx.db, endpoint.name);
  if (stable?.releaseHash === hash && rollout === undefined) return { ...done, before: present.version };
  const routes = [
    { releaseHash: hash, weight: 1, role: 'stable' as const },
    { releaseHash: present.releaseHash, weight: 0, role: 'warm' as const },
  ];
  await changeEndpoint(ctx, endpoint, input, {
    kind: 'fell-back',
    title: `${endpoint.name} answers by ${shownRule(rule, done)} in the place of version ${present.version}`,
    facts: {
      rule: rule.kind === 'feature' ? { feature: release.input } : { constant: release.missing },
      missing: release.missing,
      release: hash,
      before: present.releaseHash,
      version_before: present.version,
      routes: routes.map(asJson),
    },
    statements: [
      releaseStatement(ctx, { hash, endpoint: endpoint.name, version, manifest: release.manifest }),
      ...(rollout === undefined ? [] : [endStatement(rollout.id, 'rolled-back', ctx.clock.now())]),
      ...routeRows(endpoint.name, routes),
    ],
  });
  return { ...done, before: present.version };
}

/** The model's release: what answers, or what stands warm beside another fallback. A candidate is none. */
function presentRoute({ name, routes }: LiveEndpoint): LiveEndpoint['routes'][number] {
  const models = routes.filter(({ role, version }) => role !== 'candidate' && !isFallback(version));
  const present = models.find(({ role }) => role === 'stable') ?? models[0];
  if (present !== undefined) return present;
  throw new TendError('CONFLICT', `no version answers at ${name} that something could stand in for`);
}

async function ruleOf(db: Database, project: string, to: string): Promise<FallbackRule> {
  if (to !== 'baseline') return { kind: 'feature', name: to };
  const row = await db.query
    .selectFrom('project')
    .select('document')
    .where('name', '=', project)
    .executeTakeFirst();
  const document = row === undefined ? {} : (parseJsonText(row.document) as Declared);
  const baseline = document.problem?.baseline;
  if (baseline === undefined) {
    throw new TendError('INVALID_INPUT', `project ${project} declares no baseline; name a feature`);
  }
  return baseline.score === undefined ? { kind: 'constant' } : { kind: 'feature', name: baseline.score };
}

/** The part of a checked document that is read here. */
interface Declared {
  readonly problem?: { readonly baseline?: { readonly score?: string } };
}

function shownRule(rule: FallbackRule, { input, missing }: Pick<FellBack, 'input' | 'missing'>): string {
  return rule.kind === 'feature' ? input : `the constant ${missing}`;
}
