/** How an invocation is followed. */
export interface InvokeOptions {
  readonly signal: AbortSignal;
  /** Given each item of an operation that streams, as it comes. */
  readonly onItem?: (item: unknown) => void;
}

/**
 * The way from a command to the operations: in this process, or through a server. Callers see no difference.
 */
export interface Invoker {
  /**
   * Carries out an operation by its name. Resolves with its output; with undefined after the last item of a
   * stream. @throws TendError with the code that the operation gave, UNAVAILABLE (no server), INTERRUPTED
   */
  readonly invoke: (operation: string, input: unknown, options: InvokeOptions) => Promise<unknown>;
  /**
   * A raw call of the HTTP API; `path` with or without `/api/tend/v1`. Resolves with the body of the answer.
   */
  readonly request: (method: string, path: string, body: unknown, options: InvokeOptions) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

/** Where the operations live over HTTP. */
export const API_PREFIX = '/api/tend/v1';
