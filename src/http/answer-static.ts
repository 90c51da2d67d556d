import type { FastifyReply, FastifyRequest } from 'fastify';
import { TendError } from '../kernel/error.ts';
import { namesTag } from './entity-tag.ts';
import { headerOf } from './request-guard.ts';
import type { StaticFile, StaticFiles } from './static-files.ts';

/** The file a path names, or the page of the board for every path that a browser opens. @throws NOT_FOUND */
export function answerStatic(
  files: StaticFiles | undefined,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  return async (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/';
    const file = await find(files, path, headerOf(request.headers, 'accept') ?? '');
    if (file === undefined) throw notFound(request);
    reply
      .header('etag', file.tag)
      .header('cache-control', file.cacheControl)
      .header('vary', 'accept-encoding');
    const known = headerOf(request.headers, 'if-none-match');
    if (known !== undefined && namesTag(known, file.tag)) return reply.code(304).send();
    reply.header('content-type', file.contentType);
    const packed = /\bgzip\b/.test(headerOf(request.headers, 'accept-encoding') ?? '')
      ? file.gzip
      : undefined;
    if (packed === undefined) return reply.send(file.plain);
    return reply.header('content-encoding', 'gzip').send(packed);
  };
}

/** The refusal of a path that leads nowhere. */
export function notFound(request: FastifyRequest): TendError {
  const path = (request.url.split('?', 1)[0] ?? '/').slice(0, 200);
  return new TendError('NOT_FOUND', `nothing answers ${request.method} ${path}`, {
    hint: 'GET /openapi.json lists what there is.',
  });
}

async function find(
  files: StaticFiles | undefined,
  path: string,
  accept: string,
): Promise<StaticFile | undefined> {
  if (files === undefined || path.startsWith('/api/')) return undefined;
  const file = await files.get(path === '/' ? '/index.html' : path);
  // The board has its own router: every address that a person may open is the same page.
  return file ?? (accept.includes('text/html') ? files.get('/index.html') : undefined);
}
