import { canonicalJson } from '../../../kernel/hash.ts';
import type { FactDocument } from './fact-document.ts';
import { renderHtml } from './render-html.ts';
import { renderMarkdown } from './render-markdown.ts';

/** The forms in which a document is handed out. */
export const DOCUMENT_FORMATS = ['md', 'html', 'json'] as const;
export type DocumentFormat = (typeof DOCUMENT_FORMATS)[number];

/** Their media types. */
export const MEDIA_TYPES: Readonly<Record<DocumentFormat, string>> = {
  md: 'text/markdown; charset=utf-8',
  html: 'text/html; charset=utf-8',
  json: 'application/json; charset=utf-8',
};

/** A document in one of its forms. The JSON is canonical (RFC 8785), so that it has one hash. */
export function renderDocument(document: FactDocument, format: DocumentFormat): string {
  switch (format) {
    case 'md':
      return renderMarkdown(document);
    case 'html':
      return renderHtml(document);
    case 'json':
      return canonicalJson(document);
  }
}
