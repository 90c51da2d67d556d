import { isIP } from 'node:net';

/** True for `localhost`, 127.0.0.0/8, ::1 and the same mapped into IPv6: this machine and nobody else. */
export function isLoopback(host: string): boolean {
  const plain = host.toLowerCase().replace(/^::ffff:/, '');
  return plain === 'localhost' || plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'));
}
