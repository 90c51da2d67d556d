import { canonicalJson } from '../../kernel/hash.ts';
import { TendError } from '../../kernel/error.ts';
import { newId } from '../../kernel/id.ts';
import type { Policy, Principal } from '../../kernel/policy.ts';
import type { Database } from '../../store/database.ts';
import { evidenceRecord } from '../../store/evidence.ts';
import { parseJsonText } from '../../store/json-text.ts';
import type { LifecycleContext } from '../stage-scope.ts';
import { CHAMPION, type RegisteredVersion } from '../training/index.ts';
import { liveEndpoint, type LiveEndpoint } from './endpoint-change.ts';
import { unchanged } from './endpoint-store.ts';
import { promotion } from './promotion.ts';
import { publishRouting } from './publish-routing.ts';
import { rollBack } from './roll-back.ts';
import { runningRollouts, startStatement } from './rollout-store.ts';
import { noteOnStage } from './stage-note.ts';

type Context = Pick<LifecycleContext, 'db' | 'stateDir' | 'clock' | 'random'> & {
  readonly policy: Policy;
};

/** Who asks for a version in production, and why. */
export interface PromotionAsk {
  readonly version: RegisteredVersion;
  readonly principal: Principal;
  readonly reason: string;
}

/**
 * Gives production to a version of a project that the gate let through: traffic, routes, alias and ledger at
 * once. The version before it is one swap of pointers (`rollBack`), the one that answers changes nothing.
 * @throws NOT_ALLOWED without the permission to move endpoints; CONFLICT with what is missing: the failing
 *   criteria, the approval that is waited for, the rollout that did not end well
 */
export async function promoteVersion(ctx: Context, ask: PromotionAsk): Promise<void> {
  const { version } = ask;
  if (!ctx.policy.allows(ask.principal, 'endpoint.write'))
    throw new TendError('NOT_ALLOWED', 'moving what answers in production needs endpoint.write');
  if (version.aliases.includes(CHAMPION)) return;
  const release = await passedRelease(ctx.db, version);
  const endpoint = await liveEndpoint(ctx.db, release.endpoint);
  await assertSettled(ctx.db, version, endpoint);
  const role = endpoint.routes.find((route) => route.releaseHash === release.hash)?.role;
  if (role === 'warm') {
    await rollBack(ctx, { endpoint: endpoint.name, reason: ask.reason, principal: ask.principal });
    return;
  }
  await assertWasPromoted(ctx.db, version, release.hash);
  await assertSameTables(ctx.db, version, release, endpoint);
  await promote(ctx, ask, { endpoint, project: endpoint.project, hash: release.hash });
}

function refused({ model, version }: RegisteredVersion, why: string): TendError {
  return new TendError('CONFLICT', `${model}@${version} may not answer in production: ${why}`);
}

/** The release of a version that passed gate and approval. */
async function passedRelease(db: Database, version: RegisteredVersion) {
  const { manifestHash: hash, project } = version;
  if (version.state === 'retired') throw refused(version, 'it was retired.');
  if (hash === null || project === null)
    throw refused(version, 'it was not made by its project, so no gate has decided on it.');
  const gate = await db.query
    .selectFrom('evidence')
    .select(['verdict', 'title', 'body'])
    .where('project', '=', project)
    .where('kind', '=', 'gate')
    .where('subject', '=', hash)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (gate === undefined) throw refused(version, 'the gate has not decided on it yet (`tend apply`).');
  if (gate.verdict !== 'pass') throw refused(version, `${gate.title}.`);
  const { approval } = parseJsonText(gate.body) as { readonly approval?: { readonly under?: string } | null };
  if (approval != null && approval.under === undefined) await assertApproved(db, version, project, hash);
  const release = await db.query
    .selectFrom('release')
    .select(['hash', 'endpoint', 'manifest'])
    .where('hash', '=', hash)
    .executeTakeFirst();
  if (release === undefined) throw refused(version, 'it waits for its rollout (`tend apply`).');
  return release;
}

async function assertApproved(
  db: Database,
  version: RegisteredVersion,
  project: string,
  hash: string,
): Promise<void> {
  const row = await db.query
    .selectFrom('approval')
    .select(['id', 'state', 'by_role', 'comment'])
    .where('project', '=', project)
    .where('subject', '=', hash)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row?.state === 'approved') return;
  if (row === undefined) throw refused(version, 'it waits for an approval that was not asked for yet.');
  if (row.state === 'waiting')
    throw refused(version, `it waits for approval by ${row.by_role} (tend approve ${row.id}).`);
  throw refused(version, `approval ${row.id} was refused${row.comment === null ? '' : `: ${row.comment}`}.`);
}

/** A rollout has its own end; a move beside it would give traffic to what is being tried. */
async function assertSettled(
  db: Database,
  version: RegisteredVersion,
  endpoint: LiveEndpoint,
): Promise<void> {
  const [running] = await runningRollouts(db, endpoint.name);
  if (running === undefined) return;
  throw refused(version, `a rollout of ${endpoint.name} is under way, and decides by live traffic.`);
}

async function assertWasPromoted(db: Database, version: RegisteredVersion, hash: string): Promise<void> {
  const last = await db.query
    .selectFrom('rollout')
    .select('state')
    .where('to_release', '=', hash)
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (last?.state === 'promoted') return;
  throw refused(version, 'its last rollout was taken back.');
}

/** Feature tables are computed for what answers: a release that needs others would answer without them. */
async function assertSameTables(
  db: Database,
  version: RegisteredVersion,
  release: { readonly manifest: string },
  endpoint: LiveEndpoint,
): Promise<void> {
  const stable = endpoint.routes.find((route) => route.role === 'stable');
  if (stable === undefined) return;
  const row = await db.query
    .selectFrom('release')
    .select('manifest')
    .where('hash', '=', stable.releaseHash)
    .executeTakeFirstOrThrow();
  if (tablesOf(row.manifest) === tablesOf(release.manifest)) return;
  throw refused(version, 'it needs other feature tables than are computed now; apply its source again.');
}

function tablesOf(manifest: string): string {
  const { tables } = parseJsonText(manifest) as { readonly tables?: readonly object[] };
  return canonicalJson(JSON.parse(JSON.stringify(tables ?? [])));
}

async function promote(
  ctx: Context,
  { version, principal, reason }: PromotionAsk,
  to: { readonly endpoint: LiveEndpoint; readonly project: string; readonly hash: string },
): Promise<void> {
  const { endpoint, project, hash } = to;
  const hashOf = (role: string) => endpoint.routes.find((route) => route.role === role)?.releaseHash ?? null;
  const rollout = newId('rol', ctx.clock, ctx.random);
  const moved = { rollout, from: hashOf('stable'), warm: hashOf('warm') };
  const change = promotion(ctx, {
    project,
    endpoint: endpoint.name,
    model: version.model,
    version: version.version,
    releaseHash: hash,
    ...moved,
  });
  const record = evidenceRecord(
    {
      ...change.evidence,
      body: { ...change.evidence.body, reason },
      project,
      stage: 'deployment',
      actor: principal.id,
    },
    ctx,
  );
  const now = ctx.clock.now();
  const note = {
    reason: `version ${version.version} answers at ${endpoint.name}: ${reason}`,
    evidence: record.evidence.id,
    now,
  };
  const started = { id: rollout, endpoint: endpoint.name, ...moved, to: hash };
  await ctx.db.commit({
    statements: [
      unchanged(endpoint),
      startStatement(started, { now, startedAt: now }),
      ...(await noteOnStage(ctx.db, project, note)),
      ...change.statements,
      ...record.statements,
    ],
    ledger: record.ledger,
  });
  await publishRouting(ctx);
}
