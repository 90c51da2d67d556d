import { posix } from 'node:path';
import type { Node } from 'oxc-parser';
import { parse, walk } from '../syntax/parse.ts';

/** One edge of the graph of modules: type-only, dynamic and worker ones are edges like any other. */
export interface Import {
  readonly from: string;
  /**
   * Path relative to the root where it is a file of ours, else the name of the package (`node:fs`,
   * `@duckdb/node-api`).
   */
  readonly to: string;
  readonly line: number;
}

/**
 * Everything a file reaches for: import, export from, import(), import types, `new URL('./x.ts',
 * import.meta.url)`.
 */
export function importsOf(path: string, text: string): Import[] {
  const syntax = parse(path, text);
  const imports: Import[] = [];
  walk(syntax.program, (node) => {
    const specifier = specifierOf(node);
    if (specifier === undefined) return;
    imports.push({ from: path, to: resolve(path, specifier), line: syntax.lineOf(node.start) });
  });
  return imports;
}

function specifierOf(node: Node): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
      return node.source.value;
    case 'ExportNamedDeclaration':
      return node.source?.value;
    case 'ImportExpression':
    case 'TSImportType':
      return literal(node.source);
    case 'NewExpression':
      return isModuleAddress(node) ? besides(literal(node.arguments[0])) : undefined;
    default:
      return undefined;
  }
}

function isModuleAddress(node: Node & { type: 'NewExpression' }): boolean {
  const [first, second] = node.arguments;
  if (node.callee.type !== 'Identifier' || node.callee.name !== 'URL') return false;
  const isMeta = second?.type === 'MemberExpression' && second.object.type === 'MetaProperty';
  return isMeta && /\.(?:ts|js)$/.test(literal(first) ?? '');
}

/** An address is relative with and without `./`, an import only with it. */
function besides(address = ''): string {
  return address.startsWith('.') ? address : `./${address}`;
}

function literal(node: Node | undefined): string | undefined {
  return node?.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}

function resolve(from: string, specifier: string): string {
  if (specifier.startsWith('.')) return posix.join(posix.dirname(from), specifier);
  if (specifier.startsWith('node:')) return specifier;
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
