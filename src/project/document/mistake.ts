/** One mistake in a document, where it stands and what would be right. */
export interface Mistake {
  /** Dotted path in the document: `deployment.rollout.canary.2`. */
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** The line before, the line itself and a caret under the place. */
  readonly frame: string;
}

/** All mistakes as a person reads them: `tend.yaml:8:5  path  message`, then the code frame. */
export function describeMistakes(file: string, mistakes: readonly Mistake[]): string {
  return mistakes
    .map(
      ({ line, column, path, message, frame }) => `${file}:${line}:${column}  ${path}  ${message}\n${frame}`,
    )
    .join('\n\n');
}
