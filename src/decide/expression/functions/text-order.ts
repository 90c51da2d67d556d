/** Code units from here on are surrogates or lie above them. */
const SURROGATES = 0xd800;

/**
 * Where a code unit at or above the surrogates stands in code point order: surrogates above U+E000 to U+FFFF.
 */
function rank(unit: number): number {
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}

/**
 * Order of two strings by code point, which is the order of their UTF-8 bytes and so the order of a database;
 * `<` on strings compares UTF-16 code units and differs beyond U+FFFF. Negative, 0 or positive.
 */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return x >= SURROGATES && y >= SURROGATES ? rank(x) - rank(y) : x - y;
  }
  return a.length - b.length;
}
