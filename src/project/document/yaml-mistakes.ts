import { type Document, isScalar, type Node, visit, type YAMLMap } from 'yaml';

/** A mistake by its offsets in the text. */
export interface RangedMistake {
  readonly path: string;
  readonly range: readonly [start: number, end: number];
  readonly message: string;
}

/** What is wrong before the schema looks: text that is no YAML, and YAML that means more than plain data. */
export function yamlMistakes(yaml: Document): RangedMistake[] {
  const { version, explicit } = yaml.directives?.yaml ?? { version: '1.2', explicit: false };
  const said = [...yaml.errors, ...yaml.warnings].map(({ message, pos }) => ({
    path: '',
    range: [pos[0], pos[1]] as const,
    message: plainMessage(message),
  }));
  if (said.length > 0) return said;
  if (explicit === true && version !== '1.2')
    return [at(undefined, `expected YAML 1.2, came %YAML ${version}`)];
  const found: RangedMistake[] = [];
  visit(yaml, {
    Map: (_key, map) => void found.push(...keyMistakes(map)),
    Alias: (_key, alias) => {
      if (alias.resolve(yaml) === undefined)
        found.push(at(alias, `there is no &${alias.source} before this alias`));
    },
  });
  return found;
}

function keyMistakes(map: YAMLMap): RangedMistake[] {
  const seen = new Set<string>();
  const found: RangedMistake[] = [];
  for (const { key } of map.items) {
    if (!isScalar(key)) {
      found.push(at(key as Node | null, 'expected a word as key'));
      continue;
    }
    const name = String(key.value);
    if (seen.has(name)) found.push(at(key, `the key ${name.slice(0, 100)} stands here a second time`));
    seen.add(name);
  }
  return found;
}

function at(node: Node | null | undefined, message: string): RangedMistake {
  const range = node?.range;
  return { path: '', range: range === null || range === undefined ? [0, 1] : [range[0], range[1]], message };
}

/** The library's message without the place, which stands before it, and the excerpt, which stands below. */
function plainMessage(message: string): string {
  const line = message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? 'not YAML';
  if (line.includes('Maximum call stack')) return 'nested too deeply';
  return line.includes('multiple documents') ? 'expected one document, without a line of ---' : line;
}
