import type { Clock, Random } from '../../kernel/clock.ts';
import type { Statement } from '../../store/database.ts';
import { CHAMPION, moveAlias, registryEvent } from '../training/index.ts';

/** Points the champion of a project's model at the version that answers, and tells of it. */
export function moveChampion(
  ports: { readonly clock: Clock; readonly random: Random },
  to: { readonly project: string; readonly model: string; readonly version: number },
): Statement[] {
  const { project, model, version } = to;
  const body = { name: model, alias: CHAMPION, version: String(version) };
  return [
    moveAlias(model, CHAMPION, version),
    registryEvent(ports, { project, isPrompt: false }, 'alias.created', body),
  ];
}
