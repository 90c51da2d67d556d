/**
 * Text that cannot act on a terminal: names and messages come from files and servers, and an escape sequence
 * in one could move the cursor, retitle the window or paste. Line feeds and tabs stay unless `oneLine`.
 */
export function printable(text: string, options: { readonly oneLine?: boolean } = {}): string {
  // Control characters, and the marks that turn the direction of writing around.
  const clean = text.replaceAll(/(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return options.oneLine === true ? clean.replaceAll(/[\n\t]+/g, ' ') : clean;
}
