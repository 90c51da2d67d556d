import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { defineCommand } from '../../cli/command.ts';
import { documentJsonSchema } from '../../project/document/schema-issues.ts';
import { readConfig } from '../config.ts';
import { SPEC_FILE } from './read-source.ts';
import { specTemplate } from './spec-template.ts';

/**
 * `tend init`: a first tend.yaml, the schema that editors complete it with, and a .gitignore for the state.
 */
export const initCommand = defineCommand({
  name: 'init',
  summary: 'Writes a first tend.yaml, its JSON Schema for editors, and a .gitignore',
  examples: ['tend init'],
  arguments: [],
  options: [],
  load: async () => async (call) => {
    const dir = process.cwd();
    const { stateDir } = readConfig(
      process.env,
      dir,
      call.global.dir === undefined ? {} : { dir: call.global.dir },
    );
    const written: string[] = [];
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    writeFileSync(join(stateDir, 'schema.json'), `${JSON.stringify(documentJsonSchema(), null, 2)}\n`);
    written.push(relative(dir, join(stateDir, 'schema.json')));
    for (const [name, text] of Object.entries(specTemplate(projectName(dir)))) {
      if (existsSync(join(dir, name))) continue;
      writeFileSync(join(dir, name), text);
      written.push(name);
    }
    if (ignoreState(dir)) written.push('.gitignore');
    return {
      data: { written },
      text: `wrote ${written.join(', ')}\nnext: edit ${SPEC_FILE}, then \`tend validate\` and \`tend plan\``,
    };
  },
});

/** The folder's name as a project name. */
function projectName(dir: string): string {
  const name = basename(dir)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '');
  return name === '' ? 'my-model' : name.slice(0, 63);
}

function ignoreState(dir: string): boolean {
  const path = join(dir, '.gitignore');
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (text.split('\n').some((line) => line.trim() === '.tend/' || line.trim() === '.tend')) return false;
  writeFileSync(path, `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}.tend/\n`);
  return true;
}
