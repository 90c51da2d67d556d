import {
  isGated,
  moveStage,
  readModel,
  readVersion,
  setFreeAlias,
  type TrackingContext,
  type VersionStage,
} from '../training/index.ts';
import { promoteVersion, type PromotionAsk } from './promote-version.ts';

/** What moving a version needs. */
type MoveContext = TrackingContext & Parameters<typeof promoteVersion>[0] & Pick<PromotionAsk, 'principal'>;

/** Points an alias at a version: through the gate where one holds it. @throws NOT_FOUND, CONFLICT */
export async function pointAlias(
  ctx: MoveContext,
  name: string,
  alias: string,
  number: number,
): Promise<void> {
  const model = await readModel(ctx, name);
  if (!isGated(model, alias)) return setFreeAlias(ctx, name, alias, number);
  const version = await readVersion(ctx, name, number);
  const reason = `the alias ${alias} was asked for`;
  return promoteVersion(ctx, { version, principal: ctx.principal, reason });
}

/** Moves a version to a stage: through the gate where it is Production of a project's model. */
export async function moveVersionStage(
  ctx: MoveContext,
  name: string,
  number: number,
  to: { readonly stage: VersionStage; readonly archiveOthers: boolean },
): Promise<void> {
  const version = await readVersion(ctx, name, number);
  if (version.project === null || to.stage !== 'Production')
    return moveStage(ctx, version, to.stage, to.archiveOthers);
  const reason = 'the stage Production was asked for';
  return promoteVersion(ctx, { version, principal: ctx.principal, reason });
}
