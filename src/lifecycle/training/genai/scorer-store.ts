import { TendError } from '../../../kernel/error.ts';
import { readRows, sqlText } from '../../../store/sql-text.ts';
import { activeExperiment } from '../tracking/experiment-store.ts';
import { chainOf, hexId, type TrackingContext } from '../tracking/tracking-context.ts';

type Reader = Pick<TrackingContext, 'db'>;

/** A version of what scores answers. The body is the client's; nothing here carries it out. */
export interface ScorerVersion {
  readonly experimentId: number;
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly body: string;
  readonly createdAt: number;
}

interface Row {
  readonly experiment_id: number;
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly body: string;
  readonly created_at: number;
}

const SELECT =
  'select s.experiment_id, s.id, s.name, v.version, v.body, v.created_at ' +
  'from scorer s join scorer_version v on v.scorer_id = s.id';

const NEWEST = 'v.version = (select max(w.version) from scorer_version w where w.scorer_id = s.id)';

/** Times that a version is numbered again because another took the number. */
const TRIES_MAX = 200;

/** Registers the next version of a scorer. @throws NOT_FOUND; INVALID_INPUT for a deleted experiment */
export async function registerScorer(
  ctx: TrackingContext,
  input: { readonly experimentId: number; readonly name: string; readonly body: string },
): Promise<ScorerVersion> {
  const { experimentId, name, body } = input;
  const experiment = await activeExperiment(ctx, experimentId);
  for (let tried = 1; ; tried++) {
    const last = (await find(ctx, experimentId, name)).at(-1);
    const id = last?.id ?? (await scorerId(ctx, experimentId, name)) ?? hexId(ctx.clock, ctx.random);
    const version = (last?.version ?? 0) + 1;
    const createdAt = ctx.clock.now();
    const make = 'insert into scorer (experiment_id, name, id) values (?, ?, ?) on conflict do nothing';
    const same = 'select 1 as found from scorer where experiment_id = ? and name = ? and id = ?';
    const add = 'insert into scorer_version (scorer_id, version, body, created_at) values (?, ?, ?, ?)';
    const entry = { chain: chainOf(experiment), action: 'scorer.registered', actor: ctx.actor, subject: id };
    try {
      await ctx.db.commit({
        statements: [
          { query: sqlText(make, [experimentId, name, id]) },
          { query: sqlText(same, [experimentId, name, id]), expect: 1 },
          { query: sqlText(add, [id, version, body, createdAt]), expect: 1 },
        ],
        ledger: [{ ...entry, body: { name, version, experiment: String(experimentId) } }],
      });
      return { experimentId, id, name, version, body, createdAt };
    } catch (error) {
      if (!(error instanceof TendError) || error.code !== 'CONFLICT' || tried >= TRIES_MAX) throw error;
    }
  }
}

/** The newest version of every scorer of these experiments; of all that are not deleted without any. */
export async function listScorers(
  { db }: Reader,
  experimentIds: readonly number[] | undefined,
): Promise<readonly ScorerVersion[]> {
  const ids = experimentIds ?? [];
  if (experimentIds !== undefined && ids.length === 0) return [];
  const within = ids.length === 0 ? '' : ` and s.experiment_id in (${ids.map(() => '?').join(', ')})`;
  const sql =
    `${SELECT} join experiment x on x.id = s.experiment_id and x.deleted_at is null ` +
    `where ${NEWEST}${within} order by s.experiment_id, s.name`;
  return (await readRows<Row>(db, sql, ids)).map(versionOf);
}

/** Versions of a scorer, the oldest first. @throws NOT_FOUND; INVALID_INPUT for a deleted experiment */
export async function scorerVersions(
  ctx: Reader,
  experimentId: number,
  name: string,
): Promise<readonly ScorerVersion[]> {
  await activeExperiment(ctx, experimentId);
  const found = await find(ctx, experimentId, name);
  if (found.length === 0) throw unknown(experimentId, name);
  return found;
}

/** A version of a scorer, the newest without a number. @throws as `scorerVersions` */
export async function readScorer(
  ctx: Reader,
  experimentId: number,
  name: string,
  version: number | undefined,
): Promise<ScorerVersion> {
  const all = await scorerVersions(ctx, experimentId, name);
  const found = version === undefined ? all.at(-1) : all.find((one) => one.version === version);
  if (found === undefined) throw unknown(experimentId, name, version);
  return found;
}

/** Deletes a version, or all of them with the scorer. @throws as `readScorer` */
export async function deleteScorer(
  ctx: TrackingContext,
  experimentId: number,
  name: string,
  version: number | undefined,
): Promise<void> {
  const experiment = await activeExperiment(ctx, experimentId);
  const { id } = await readScorer(ctx, experimentId, name, version);
  const all = version === undefined;
  const sql = `delete from scorer_version where scorer_id = ?${all ? '' : ' and version = ?'}`;
  const statements = [{ query: sqlText(sql, [id, ...(all ? [] : [version])]) }];
  if (all) statements.push({ query: sqlText('delete from scorer where id = ?', [id]) });
  const entry = { chain: chainOf(experiment), action: 'scorer.deleted', actor: ctx.actor, subject: id };
  await ctx.db.commit({
    statements,
    ledger: [{ ...entry, body: { name, experiment: String(experimentId), ...(all ? {} : { version }) } }],
  });
}

async function find({ db }: Reader, experimentId: number, name: string): Promise<readonly ScorerVersion[]> {
  const sql = `${SELECT} where s.experiment_id = ? and s.name = ? order by v.version`;
  return (await readRows<Row>(db, sql, [experimentId, name])).map(versionOf);
}

/** Of a scorer whose versions are all deleted, too. */
async function scorerId({ db }: Reader, experimentId: number, name: string): Promise<string | undefined> {
  const sql = 'select id from scorer where experiment_id = ? and name = ?';
  return (await readRows<{ readonly id: string }>(db, sql, [experimentId, name]))[0]?.id;
}

function versionOf(row: Row): ScorerVersion {
  const { experiment_id: experimentId, created_at: createdAt, ...rest } = row;
  return { ...rest, experimentId, createdAt };
}

function unknown(experimentId: number, name: string, version?: number): TendError {
  const which = version === undefined ? '' : ` and version ${version}`;
  const message = `Scorer with name '${name}'${which} not found for experiment ${experimentId}.`;
  return new TendError('NOT_FOUND', message);
}
