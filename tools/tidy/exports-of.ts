import type { Declaration, ModuleExportName, Statement } from 'oxc-parser';
import type { SourceFile } from './source-file.ts';

/** A name that a file gives to others. */
export interface Export {
  readonly name: string;
  readonly kind: 'function' | 'class' | 'value' | 'type' | 'elsewhere';
  readonly line: number;
  /** Offset of the whole statement, where its docstring would end. */
  readonly start: number;
  readonly declaration: Declaration | undefined;
}

/**
 * The exports of a file in the order of the text. `elsewhere`: re-exported or listed apart from its
 * declaration.
 */
export function exportsOf({ syntax }: SourceFile): Export[] {
  return syntax.program.body.flatMap((statement) => {
    const line = syntax.lineOf(statement.start);
    return namesOf(statement).map((named) => ({ ...named, line, start: statement.start }));
  });
}

type Named = Pick<Export, 'name' | 'kind' | 'declaration'>;

function namesOf(statement: Statement): Named[] {
  if (statement.type !== 'ExportNamedDeclaration') return [];
  const { declaration } = statement;
  if (declaration === null) {
    return statement.specifiers.map(({ exported }) => ({
      name: nameOf(exported),
      kind: 'elsewhere' as const,
      declaration: undefined,
    }));
  }
  if (declaration.type === 'VariableDeclaration') {
    return declaration.declarations.map(({ id, init }) => ({
      name: id.type === 'Identifier' ? id.name : 'a pattern',
      kind: init?.type === 'ArrowFunctionExpression' ? ('function' as const) : ('value' as const),
      declaration,
    }));
  }
  const name =
    'id' in declaration && declaration.id?.type === 'Identifier' ? declaration.id.name : 'something';
  return [{ name, kind: kindOf(declaration), declaration }];
}

function kindOf(declaration: Declaration): Export['kind'] {
  if (declaration.type === 'FunctionDeclaration' || declaration.type === 'TSDeclareFunction')
    return 'function';
  if (declaration.type === 'ClassDeclaration') return 'class';
  return 'type';
}

function nameOf(name: ModuleExportName): string {
  return name.type === 'Literal' ? name.value : name.name;
}
