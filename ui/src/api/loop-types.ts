import type { Json } from './schema.gen.ts';

/**
 * Operations that the generated file does not have yet, in its form. Whatever it declares under the same name
 * takes the place of what stands here (`operations.ts`).
 */

type Project = { readonly project: string };

/** What each operation takes and gives, by its name. */
export interface LoopOperations {
  'monitors.list': {
    readonly input: Project;
    /** `drift`, `drift:<input>`, `criterion:<id>`, `requests`, `outcomes`. */
    readonly output: { readonly items: readonly { readonly monitor: string }[] };
  };
  'projects.timeline': {
    readonly input: Project & { readonly criterion?: string };
    readonly output: { readonly criterion: string | null; readonly figure: Json };
  };
}

/** Where each operation is reached. */
export const LOOP_OPERATIONS = {
  'monitors.list': { method: 'GET', path: '/api/tend/v1/projects/{project}/monitors', stream: false },
  'projects.timeline': { method: 'GET', path: '/api/tend/v1/projects/{project}/timeline', stream: false },
} as const;
