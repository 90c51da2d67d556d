/** Name under which the engine knows the carrying out of a project. */
export const APPLY = 'apply';

/** What an execution of `apply` is given. */
export interface ApplyInput {
  readonly yaml: string;
  readonly files: Readonly<Record<string, string>>;
  /** Folder of tend.yaml on the machine that carries it out. */
  readonly projectDir: string;
  /** Id of the principal that asked for it: the author of whatever needs an approval. */
  readonly author: string;
}
