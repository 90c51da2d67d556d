/**
 * Writes what clients of the control plane read: `docs/reference/openapi.json`, the document that a server
 * answers at `/openapi.json`, and the types of the board made from it.
 *
 *   node tools/generate-openapi.ts           writes both
 *   node tools/generate-openapi.ts --check   exits 1 where a committed one differs
 */
import { openApi } from '../src/http/open-api.ts';
import { operations } from '../src/main/operations.ts';
import { VERSION } from '../src/main/version.ts';
import { openSqlite } from '../src/store/open-sqlite.ts';
import { prometheusRoutes } from '../src/wire/prometheus/prometheus-routes.ts';
import { generateClientTypes } from './generate-client-types.ts';
import type { OpenApiDocument } from './generate-client-types.ts';
import { settleFiles } from './generated-file.ts';

// Routes are made with what they answer from; listing them reads nothing.
const clock = { now: () => 0, monotonic: () => 0 };
const db = await openSqlite({ path: ':memory:', clock });
const { routes } = prometheusRoutes({ db, version: VERSION });
const document = openApi(operations, routes, VERSION);
await db.close();

await settleFiles(
  [
    { path: 'docs/reference/openapi.json', text: `${JSON.stringify(document, null, 2)}\n` },
    { path: 'ui/src/api/schema.gen.ts', text: generateClientTypes(document as unknown as OpenApiDocument) },
  ],
  process.argv,
);
