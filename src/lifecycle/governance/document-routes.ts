import type { z } from 'zod';
import { checkInput } from '../../kernel/check-input.ts';
import type { Route, RouteRequest, RouteResponse } from '../../kernel/route.ts';
import type { Database } from '../../store/database.ts';
import { modelCard } from './card/model-card.ts';
import { readCardFacts } from './card/read-card-facts.ts';
import { dataSheet } from './data-sheet/data-sheet.ts';
import { readSheetFacts } from './data-sheet/read-sheet-facts.ts';
import { cardInput, sheetInput } from './document-operations.ts';
import type { FactDocument } from './document/fact-document.ts';
import { type DocumentFormat, MEDIA_TYPES, renderDocument } from './document/render-document.ts';
import { DOCUMENT_POLICY } from './document/render-html.ts';

/** Nothing is sent with these requests. */
const BODY_BYTES_MAX = 1_024;

/** What `default-src` does not cover. */
const POLICY = `${DOCUMENT_POLICY}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/**
 * The documents under an address of their own, as a browser shows or saves them: an operation answers JSON
 * alone.
 */
export function documentRoutes({ db }: { readonly db: Database }): readonly Route[] {
  const card = async (request: RouteRequest) =>
    modelCard(await readCardFacts(db, inputOf(cardInput, request)));
  const sheet = async (request: RouteRequest) =>
    dataSheet(await readSheetFacts(db, inputOf(sheetInput, request)));
  return (['html', 'md'] as const).flatMap((format): Route[] => [
    {
      method: 'GET',
      path: `/api/tend/v1/models/{model}/card.${format}`,
      permission: 'model.read',
      bodyBytesMax: BODY_BYTES_MAX,
      handler: async (request) => answer(await card(request), format),
    },
    {
      method: 'GET',
      path: `/api/tend/v1/datasets/{dataset}/sheet.${format}`,
      permission: 'data.read',
      bodyBytesMax: BODY_BYTES_MAX,
      handler: async (request) => answer(await sheet(request), format),
    },
  ]);
}

/** @throws INVALID_INPUT */
function inputOf<T>(schema: z.ZodType<T>, { params, query }: RouteRequest): T {
  return checkInput(schema, { ...Object.fromEntries(query), ...params }) as T;
}

function answer(document: FactDocument, format: DocumentFormat): RouteResponse {
  return {
    status: 200,
    headers: {
      'content-type': MEDIA_TYPES[format],
      'content-security-policy': POLICY,
      'cache-control': 'private, no-cache',
    },
    body: renderDocument(document, format),
  };
}
