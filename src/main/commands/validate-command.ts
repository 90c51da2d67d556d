import { defineCommand } from '../../cli/command.ts';
import { TendError } from '../../kernel/error.ts';
import { describeMistakes } from '../../project/document/mistake.ts';
import { documentMistakes } from '../../project/document/read-document.ts';
import { readSource, readSpec, SPEC_FILE } from './read-source.ts';

/**
 * `tend validate`: every mistake of tend.yaml at once, with line and column. Needs no folder and no server.
 */
export const validateCommand = defineCommand({
  name: 'validate',
  summary: 'Checks tend.yaml and lists every mistake with line and column',
  examples: ['tend validate'],
  arguments: [],
  options: [],
  load: async () => async () => {
    const dir = process.cwd();
    const mistakes = documentMistakes(readSpec(dir));
    if (mistakes.length > 0) {
      const count = mistakes.length === 1 ? '1 mistake' : `${mistakes.length} mistakes`;
      throw new TendError(
        'SPEC_INVALID',
        `${SPEC_FILE}: ${count}\n\n${describeMistakes(SPEC_FILE, mistakes)}`,
        {
          fields: mistakes.map(({ path, line, column, message }) => ({
            path,
            message: `${line}:${column} ${message}`,
          })),
        },
      );
    }
    const { files } = readSource(dir);
    const count = Object.keys(files).length;
    return {
      data: { valid: true, files: Object.keys(files) },
      text: `${SPEC_FILE} is valid; it names ${count} files`,
    };
  },
});
