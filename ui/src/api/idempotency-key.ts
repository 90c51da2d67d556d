/** A key that no other attempt has: 128 random bits as hexadecimal digits. Works without a secure origin. */
export function idempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
