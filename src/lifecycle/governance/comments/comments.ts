import { z } from 'zod';
import { outboxEntry } from '../../../engine/outbox-entry.ts';
import { sha256 } from '../../../kernel/hash.ts';
import { newId } from '../../../kernel/id.ts';
import { decodeCursor, encodeCursor } from '../../../kernel/page.ts';
import { build } from '../../../store/build.ts';
import type { Database } from '../../../store/database.ts';
import { projectChain } from '../../../store/ledger-entry.ts';
import type { GovernanceContext } from '../governance-context.ts';
import { subjectProject } from './subject-project.ts';

/** Written to the outbox with every comment. */
export const COMMENT_CREATED = 'governance.comment.created';

/** A long argument, and no file. */
const TEXT_CHARS_MAX = 5_000;

/** No database keeps a NUL in a text. */
const plainText = z.string().regex(/^[^\0]*$/, 'expected text without NUL characters');

/** What is commented on: any id (evidence, incident, prediction, run), a hash, or a name. */
const subject = plainText.min(1).max(200).describe('Any id, hash or name: evd_…, inc_…, a project, a model.');

const project = z
  .string()
  .min(1)
  .max(63)
  .describe('Where the subject belongs; found by itself for most ids.');

/** A comment as others see it. */
export const commentView = z
  .object({
    id: z.string(),
    project: z.string(),
    subject: z.string(),
    author: z.object({ id: z.string(), name: z.string() }),
    text: z.string(),
    createdAt: z.int(),
  })
  .meta({ id: 'Comment' });

export type CommentView = z.output<typeof commentView>;

/** What somebody wants to say. `@name` in the text is text. */
export const newComment = z.object({
  subject,
  text: plainText.trim().min(1, 'expected something to say').max(TEXT_CHARS_MAX),
  project: project.exactOptional(),
});

/** Which comments: of a subject, of a project, or all. */
export const commentFilter = { subject: subject.exactOptional(), project: project.exactOptional() };

type Context = Pick<GovernanceContext, 'db' | 'clock' | 'random' | 'principal'>;

/**
 * Keeps a comment by the principal. The ledger entry has the hash of the text, so that the text can be
 * checked and stays out of the chain. @throws NOT_FOUND (project), INVALID_INPUT (which project?)
 */
export async function createComment(ctx: Context, input: z.output<typeof newComment>): Promise<CommentView> {
  const { db, clock, random, principal } = ctx;
  const owner = await subjectProject(db, input.subject, input.project);
  const row = {
    id: newId('cmt', clock, random),
    project: owner,
    subject: input.subject,
    author: principal.id,
    text: input.text,
    created_at: clock.now(),
  };
  const about = { comment: row.id, subject: row.subject, author: row.author };
  await db.commit({
    statements: [
      { query: build.insertInto('comment').values(row), expect: 1 },
      outboxEntry({ type: COMMENT_CREATED, project: owner, body: about }, ctx),
    ],
    ledger: [
      {
        chain: projectChain(owner),
        action: 'comment.created',
        actor: principal.id,
        subject: row.id,
        body: { on: row.subject, text_sha256: sha256(row.text) },
      },
    ],
  });
  return viewOf({ ...row, name: principal.name });
}

/** Comments, the newest first. */
export async function listComments(
  ctx: { readonly db: Database },
  input: {
    readonly limit: number;
    readonly cursor?: string;
    readonly subject?: string;
    readonly project?: string;
  },
): Promise<{ items: CommentView[]; next?: string }> {
  let query = ctx.db.query
    .selectFrom('comment')
    .leftJoin('account', 'account.id', 'comment.author')
    .selectAll('comment')
    .select('account.name as name');
  if (input.subject !== undefined) query = query.where('comment.subject', '=', input.subject);
  if (input.project !== undefined) query = query.where('comment.project', '=', input.project);
  if (input.cursor !== undefined) query = query.where('comment.id', '<', decodeCursor(input.cursor));
  const rows = await query
    .orderBy('comment.id', 'desc')
    .limit(input.limit + 1)
    .execute();
  const items = rows.slice(0, input.limit).map(viewOf);
  const last = items.at(-1);
  return rows.length > input.limit && last !== undefined ? { items, next: encodeCursor(last.id) } : { items };
}

/** Where the author has no account (`local`, `system`), its id is its name. */
function viewOf(row: {
  readonly id: string;
  readonly project: string;
  readonly subject: string;
  readonly author: string;
  readonly text: string;
  readonly created_at: number;
  readonly name: string | null;
}): CommentView {
  const { id, author, text } = row;
  return {
    id,
    project: row.project,
    subject: row.subject,
    author: { id: author, name: row.name ?? author },
    text,
    createdAt: row.created_at,
  };
}
