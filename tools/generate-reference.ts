/**
 * Writes the pages of `docs/reference` that say what the code says: errors, commands, tend.yaml.
 *
 *   node tools/generate-reference.ts           writes them
 *   node tools/generate-reference.ts --check   exits 1 where a committed one differs
 */
import { settleFiles } from './generated-file.ts';
import { commandPage } from './reference/command-page.ts';
import { documentPage } from './reference/document-page.ts';
import { errorPage } from './reference/error-page.ts';

await settleFiles(
  [
    { path: 'docs/reference/errors.md', text: errorPage() },
    { path: 'docs/reference/cli.md', text: commandPage() },
    { path: 'docs/reference/tend-yaml.md', text: documentPage() },
  ],
  process.argv,
);
