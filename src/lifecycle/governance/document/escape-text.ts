/**
 * Characters that would not be seen, or that turn the direction of writing around, in a spelling that is.
 * Line feeds and tabs stay.
 */
function visible(text: string): string {
  return text.replaceAll(
    /(?![\n\t])\p{Cc}|[\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]|\p{Cs}/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as the content of an element or of a quoted attribute in HTML and SVG. */
export function escapeHtml(text: string): string {
  return visible(text).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/**
 * Text inside a line or a table cell of Markdown (CommonMark 0.31, GitHub's extensions): one line, every
 * character that could begin something there escaped, so that it is read as itself, and no more, so that it
 * can be read as it stands. Signs of HTML become entities, for readers that pass HTML through. Addresses do
 * not become links.
 */
export function escapeMarkdown(text: string): string {
  return visible(text)
    .replaceAll(/[\n\t ]+/g, ' ')
    .trim()
    .replaceAll(/[\\`*{}[\]#|~$@]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, escaped)
    .replaceAll(/:(?=\/\/)|(?<=mailto|xmpp):|(?<=www)\./gi, escaped)
    .replaceAll(/^[-+=]|(?<=^\d{1,9})[.)](?= |$)/g, escaped)
    .replaceAll(/[&<>]/g, (character) => ENTITIES[character] ?? '');
}

function escaped(character: string): string {
  return `\\${character}`;
}
