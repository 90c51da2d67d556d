import { z } from 'zod';
import { type AnyOperation, defineOperation } from '../../kernel/operation.ts';
import type { Database } from '../../store/database.ts';
import { modelCard } from './card/model-card.ts';
import { readCardFacts } from './card/read-card-facts.ts';
import { dataSheet } from './data-sheet/data-sheet.ts';
import { readSheetFacts } from './data-sheet/read-sheet-facts.ts';
import type { FactDocument } from './document/fact-document.ts';
import {
  DOCUMENT_FORMATS,
  type DocumentFormat,
  MEDIA_TYPES,
  renderDocument,
} from './document/render-document.ts';

type Context = { readonly db: Database };

const format = z.enum(DOCUMENT_FORMATS).default('md');

/** Which card: `flight-delay@2` or the number apart; the champion unless said. */
export const cardInput = z.object({
  model: z.string().min(1).max(256).describe('A model, or a version of it: flight-delay@2.'),
  version: z.coerce.number().int().min(1).exactOptional(),
});

/** Which sheet; `version`: the hash, or the beginning of it. */
export const sheetInput = z.object({
  dataset: z.string().min(1).max(63),
  project: z.string().min(1).max(63).exactOptional(),
  version: z
    .string()
    .regex(/^[0-9a-f]{6,64}$/, 'expected the hash of a version, or the beginning of it')
    .exactOptional(),
});

/** A document as it is handed out: `json` has its parts, the others a text. */
export const documentView = z
  .object({
    name: z.string(),
    version: z.string(),
    format: z.enum(DOCUMENT_FORMATS),
    mediaType: z.string(),
    text: z.string().nullable(),
    document: z.json().nullable(),
  })
  .meta({ id: 'Document' });

/** Model cards and data sheets, filled from records alone. */
export const documentOperations: readonly AnyOperation<Context>[] = [
  defineOperation({
    name: 'models.card',
    summary: 'Shows the card of a model version, filled from records alone',
    method: 'GET',
    path: '/models/{model}/card',
    input: cardInput.extend({ format }),
    output: documentView,
    errors: ['NOT_FOUND'],
    permission: 'model.read',
    audit: 'none',
    cli: {
      command: 'card',
      positional: ['model'],
      example: 'tend card flight-delay@2 --format html > card.html',
    },
    handler: async ({ db }: Context, input) =>
      viewOf(modelCard(await readCardFacts(db, input)), input.format),
  }),
  defineOperation({
    name: 'datasets.sheet',
    summary: 'Shows the sheet of a dataset version, filled from records alone',
    method: 'GET',
    path: '/datasets/{dataset}/sheet',
    input: sheetInput.extend({ format }),
    output: documentView,
    errors: ['NOT_FOUND', 'INVALID_INPUT'],
    permission: 'data.read',
    audit: 'none',
    cli: { command: 'data sheet', positional: ['dataset'], example: 'tend data sheet orders --format html' },
    handler: async ({ db }: Context, input) =>
      viewOf(dataSheet(await readSheetFacts(db, input)), input.format),
  }),
];

function viewOf(document: FactDocument, asked: DocumentFormat): z.output<typeof documentView> {
  const { name, version } = document.about;
  const text = renderDocument(document, asked);
  const json = asked === 'json';
  return {
    name,
    version,
    format: asked,
    mediaType: MEDIA_TYPES[asked],
    text: json ? null : text,
    document: json ? (JSON.parse(text) as z.output<typeof documentView>['document']) : null,
  };
}
