import { LOOP_OPERATIONS } from './loop-types.ts';
import type { LoopOperations } from './loop-types.ts';
import { OPERATIONS } from './schema.gen.ts';
import type { Operations } from './schema.gen.ts';

/** Every operation that the board may call; what is generated counts before what is written by hand. */
export type AllOperations = Omit<LoopOperations, keyof Operations> & Operations;
export const ALL_OPERATIONS = { ...LOOP_OPERATIONS, ...OPERATIONS };
