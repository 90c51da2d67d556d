import { z } from 'zod';
import { ROLES } from '../kernel/permission.ts';
import type { ProjectContext } from './project-context.ts';

/** The server as a client sees it. */
export const serverView = z
  .object({
    version: z.string(),
    dataPlane: z.string().nullable(),
    signedIn: z.boolean(),
    signInNeeded: z.boolean(),
    principal: z.object({
      kind: z.enum(['account', 'local', 'system', 'anonymous']),
      id: z.string(),
      name: z.string(),
      roles: z.array(z.enum(ROLES)),
    }),
  })
  .meta({ id: 'Server' });

/** Who asks, and where predictions are answered. The address is told to those who are signed in alone. */
export async function showServer(ctx: ProjectContext): Promise<z.output<typeof serverView>> {
  const { kind, id, name, roles } = ctx.principal;
  const known = kind !== 'anonymous';
  return {
    version: ctx.version,
    dataPlane: known ? await ctx.dataPlaneUrl() : null,
    signedIn: known,
    signInNeeded: await ctx.signInNeeded(),
    principal: { kind, id, name, roles: [...roles] },
  };
}
