import { TendError } from '../../../kernel/error.ts';
import { sqlText } from '../../../store/sql-text.ts';
import { moveAlias } from '../registry-store.ts';
import type { TrackingContext } from '../tracking/tracking-context.ts';
import { touched } from './model-store.ts';
import { readModel, readVersion } from './read-registry.ts';
import { CHAMPION, isPrompt, type RegisteredModel } from './registered-model.ts';
import { registryEvent } from './registry-event.ts';
import { versionEntry } from './version-store.ts';

/** Is this alias moved by the gate alone? */
export function isGated({ project }: Pick<RegisteredModel, 'project'>, alias: string): boolean {
  return project !== null && alias === CHAMPION;
}

/** Points an alias that no gate holds at a version. @throws NOT_FOUND; CONFLICT for a retired version */
export async function setFreeAlias(
  ctx: TrackingContext,
  name: string,
  alias: string,
  number: number,
): Promise<void> {
  const model = await readModel(ctx, name);
  if (isGated(model, alias)) throw gated(model);
  const version = await readVersion(ctx, name, number);
  if (version.state === 'retired')
    throw new TendError('CONFLICT', `Version ${number} of ${name} was retired.`);
  const before = model.aliases.find((one) => one.alias === alias)?.version ?? null;
  if (before === number) return;
  const of = { project: model.project, isPrompt: isPrompt(model) };
  await ctx.db.commit({
    statements: [
      moveAlias(name, alias, number),
      touched(ctx, name),
      registryEvent(ctx, of, 'alias.created', { name, alias, version: String(number) }),
    ],
    ledger: [versionEntry(ctx, version, 'alias-moved', { alias, before })],
  });
}

/** Takes an alias away; one that is not there is no error. @throws NOT_FOUND; CONFLICT for a gated one */
export async function deleteAlias(ctx: TrackingContext, name: string, alias: string): Promise<void> {
  const model = await readModel(ctx, name);
  const found = model.aliases.find((one) => one.alias === alias);
  if (found === undefined) return;
  if (isGated(model, alias)) throw gated(model);
  const of = { project: model.project, isPrompt: isPrompt(model) };
  const query = sqlText('delete from model_alias where model = ? and alias = ?', [name, alias]);
  await ctx.db.commit({
    statements: [{ query }, touched(ctx, name), registryEvent(ctx, of, 'alias.deleted', { name, alias })],
    ledger: [
      versionEntry(ctx, { model: name, project: model.project, version: found.version }, 'alias-deleted', {
        alias,
      }),
    ],
  });
}

function gated({ name, project }: RegisteredModel): TendError {
  return new TendError(
    'CONFLICT',
    `${CHAMPION} of ${name} says what answers for the project ${project}: it moves by the gate, and ` +
      'stays while something answers.',
  );
}
