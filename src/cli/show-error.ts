import pc from 'picocolors';
import type { TendError } from '../kernel/error.ts';
import { printable } from './printable.ts';
import type { CliStreams } from './terminal.ts';

/** The page of the reference that explains a code. */
function docsOf(error: TendError): string {
  return `docs/reference/errors.md#${error.code.toLowerCase().replaceAll('_', '-')}`;
}

/**
 * Tells of an error. With `--json` as `{ "error": … }` on standard output; else on standard error: what
 * failed, each mistake on a line, and one line that says what to do.
 */
export function showError(
  error: TendError,
  streams: CliStreams,
  options: { readonly json: boolean; readonly color: boolean },
): void {
  const { code, message, hint, fields } = error;
  if (options.json) {
    const errors = fields.length === 0 ? {} : { errors: fields };
    const body = { error: { code, message, hint, docs: docsOf(error), ...errors } };
    streams.stdout.write(`${JSON.stringify(body)}\n`);
    return;
  }
  const colors = pc.createColors(options.color);
  const lines = [`${colors.red('error:')} ${printable(message)}`];
  // A message of several lines shows each mistake in its place already.
  if (fields.length > 1 && !message.includes('\n')) {
    for (const field of fields) lines.push(`  ${printable(field.path)}: ${printable(field.message)}`);
  }
  lines.push(`${colors.cyan('fix:')} ${printable(hint)}`);
  streams.stderr.write(`${lines.join('\n')}\n`);
}
