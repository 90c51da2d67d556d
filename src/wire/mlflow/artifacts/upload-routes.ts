import type { Route, RouteRequest } from '../../../kernel/route.ts';
import {
  abortUpload,
  beginUpload,
  completeUpload,
  PARTS_MAX,
  putPart,
} from '../../../lifecycle/training/tracking/artifact-upload.ts';
import { artifactNames } from '../../../lifecycle/training/tracking/artifact-path.ts';
import { int64, list, text } from '../codec/field.ts';
import { type Message, message, required } from '../codec/message.ts';
import type { MlflowPorts } from '../mlflow-context.ts';
import { invalid, mlflowRefusal } from '../mlflow-error.ts';
import { contextOf, jsonAnswer, jsonBody } from '../rpc.ts';

/** The list of 10,000 parts with their addresses. */
const BODY_BYTES_MAX = 5_000_000;

/** Shown with each part. In a header, so that it stands in no log of addresses. */
const SECRET_HEADER = 'tend-upload-secret';

const local = required(text(4_000));
const begin = message({ path: local, num_parts: int64() });
const complete = message({
  path: local,
  upload_id: required(text(100)),
  parts: required(
    list(message({ part_number: required(int64()), etag: text(200), url: text(4_000) }), PARTS_MAX),
  ),
});
const abort = message({ path: local, upload_id: required(text(100)) });

/**
 * Uploads in parts, as clients make them of large files: begin, parts, complete or abort. The path in the
 * address is that of the folder; the name of the file is the last one in `path`, as the client has it.
 */
export function uploadRoutes(ports: MlflowPorts, prefix: string): readonly Route[] {
  const root = `${prefix}/mlflow-artifacts/mpu`;
  const call = <I extends { readonly path: string }>(
    name: string,
    input: Message<I>,
    answer: (request: RouteRequest, input: I, path: string) => Promise<object>,
  ): Route => ({
    method: 'POST',
    path: `${root}/${name}/*`,
    permission: 'model.write',
    bodyBytesMax: BODY_BYTES_MAX,
    refuse: mlflowRefusal,
    handler: async (request) => {
      const read = input.read(jsonBody(request), '');
      return jsonAnswer(await answer(request, read, targetOf(request.params['*'] ?? '', read.path)));
    },
  });
  return [
    call('create', begin, async (request, { num_parts: count = 1 }, path) => {
      const { id, secret } = await beginUpload(contextOf(ports, request), path, count);
      const address = `${originOf(request)}${root}/parts/${id}`;
      const headers = { [SECRET_HEADER]: secret };
      const numbers = Array.from({ length: count }, (_, index) => index + 1);
      const credentials = numbers.map((n) => ({ url: `${address}/${n}`, part_number: n, headers }));
      return { upload_id: id, credentials };
    }),
    call('complete', complete, async (request, { upload_id: id, parts }, path) => {
      const sent = parts.map(({ part_number: number, etag }) => ({ number, etag }));
      await completeUpload(contextOf(ports, request), path, id, sent);
      return {};
    }),
    call('abort', abort, async (request, { upload_id: id }, path) => {
      await abortUpload(contextOf(ports, request), path, id);
      return {};
    }),
    {
      method: 'PUT',
      path: `${root}/parts/{upload_id}/{part_number}`,
      // Clients send parts without their credentials, as to an address that an object store signed.
      permission: 'public',
      bodyBytesMax: BODY_BYTES_MAX,
      streams: true,
      refuse: mlflowRefusal,
      handler: async (request) => {
        const secret = request.headers[SECRET_HEADER];
        const part = {
          uploadId: request.params['upload_id'] ?? '',
          secret: typeof secret === 'string' ? secret : '',
          number: int64().read(request.params['part_number'], 'part_number'),
        };
        const etag = await putPart(contextOf(ports, request), part, request.stream ?? request.body);
        const answer = jsonAnswer({});
        return { ...answer, headers: { ...answer.headers, etag: `"${etag}"` } };
      },
    },
  ];
}

function targetOf(folder: string, file: string): string {
  const name = file.split(/[\\/]/).at(-1) ?? '';
  if (name === '') throw invalid(`Invalid value for parameter 'path' supplied: it ends with no name.`);
  return [...artifactNames(folder), name].join('/');
}

/**
 * Where the client reached us, which is where it can send parts to. It alone is told, so a header that lies
 * harms whoever sent it.
 */
function originOf({ headers }: RouteRequest): string {
  const first = (name: string): string | undefined => {
    const value = headers[name];
    return typeof value === 'string' ? value.split(',')[0]?.trim() : undefined;
  };
  const host = first('x-forwarded-host') ?? first('host') ?? '';
  if (!/^[\w.:[\]-]{1,255}$/.test(host)) throw invalid('Bad Request. The Host header names no host.');
  return `${first('x-forwarded-proto') === 'https' ? 'https' : 'http'}://${host}`;
}
