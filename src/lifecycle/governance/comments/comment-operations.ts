import { z } from 'zod';
import { type AnyOperation, defineOperation } from '../../../kernel/operation.ts';
import { pageInput, pageOf } from '../../../kernel/page.ts';
import type { GovernanceContext } from '../governance-context.ts';
import { commentFilter, commentView, createComment, listComments, newComment } from './comments.ts';

type Context = Pick<GovernanceContext, 'db' | 'clock' | 'random' | 'principal'>;

/** What is said about anything. */
export const commentOperations: readonly AnyOperation<Context>[] = [
  defineOperation({
    name: 'comments.list',
    summary: 'Lists comments, the newest first, of one subject or of a project',
    method: 'GET',
    path: '/comments',
    input: z.object({ ...pageInput, ...commentFilter }),
    output: pageOf(commentView),
    errors: [],
    permission: 'project.read',
    audit: 'none',
    cli: { command: 'comments list', example: 'tend comments list --subject inc_01ht…' },
    handler: (ctx: Context, input) => listComments(ctx, input),
  }),
  defineOperation({
    name: 'comments.create',
    summary: 'Says something about anything: evidence, an incident, a model, a prediction',
    method: 'POST',
    path: '/comments',
    input: newComment,
    output: commentView,
    errors: ['NOT_FOUND', 'INVALID_INPUT'],
    permission: 'comment.write',
    audit: 'ledger',
    cli: {
      command: 'comments create',
      positional: ['subject', 'text'],
      example: 'tend comments create inc_01ht… "the feed was late, @ingest-team knows"',
    },
    handler: (ctx: Context, input) => createComment(ctx, input),
  }),
];
