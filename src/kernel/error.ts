/** One entry of the catalogue: what a code means whoever raises it. */
interface ErrorKind {
  /** What kind of failure it is; surfaces map this to HTTP statuses, exit codes and foreign dialects. */
  readonly kind:
    | 'invalid'
    | 'usage'
    | 'configuration'
    | 'not-found'
    | 'not-allowed'
    | 'not-signed-in'
    | 'conflict'
    | 'too-large'
    | 'too-many'
    | 'gone'
    | 'unavailable'
    | 'failed';
  /** May the same call succeed later without a change by the caller? */
  readonly retryable: boolean;
  readonly hint: string;
}

/** Every operating error Tend can report. A broken invariant is not here: it throws an AssertionError. */
export const ERRORS = {
  INVALID_INPUT: { kind: 'invalid', retryable: false, hint: 'Correct the named fields and send it again.' },
  USAGE: { kind: 'usage', retryable: false, hint: 'See `tend --help`.' },
  SPEC_INVALID: {
    kind: 'configuration',
    retryable: false,
    hint: 'Correct tend.yaml; `tend validate` lists every mistake.',
  },
  SPEC_MISSING: { kind: 'configuration', retryable: false, hint: '`tend init` writes a first tend.yaml.' },
  NOT_FOUND: {
    kind: 'not-found',
    retryable: false,
    hint: 'Check the name; `tend status` lists what there is.',
  },
  NOT_ALLOWED: { kind: 'not-allowed', retryable: false, hint: 'Ask for a token with the named permission.' },
  NOT_SIGNED_IN: {
    kind: 'not-signed-in',
    retryable: false,
    hint: 'Send `Authorization: Bearer tend_…` or set TEND_TOKEN.',
  },
  CONFLICT: { kind: 'conflict', retryable: false, hint: 'Read the present state and decide again.' },
  STALE_PLAN: { kind: 'conflict', retryable: false, hint: 'Run `tend plan` again and apply the new plan.' },
  FOLDER_OWNED: {
    kind: 'conflict',
    retryable: false,
    hint: 'Use the server that owns the folder, or stop it.',
  },
  PORT_IN_USE: {
    kind: 'conflict',
    retryable: false,
    hint: 'Stop what listens there, or choose another port.',
  },
  TOO_LARGE: { kind: 'too-large', retryable: false, hint: 'Send it in smaller parts.' },
  TOO_MANY: { kind: 'too-many', retryable: true, hint: 'Wait as long as Retry-After says.' },
  GONE: { kind: 'gone', retryable: false, hint: 'It was retired; its tombstone names the successor.' },
  SOURCE_UNREADABLE: {
    kind: 'failed',
    retryable: false,
    hint: 'Check the uri of the source and the file behind it.',
  },
  DATA_REFUSED: {
    kind: 'failed',
    retryable: false,
    hint: 'Look at the checks that failed: `tend status --json`.',
  },
  TRAINING_FAILED: { kind: 'failed', retryable: false, hint: 'Look at the run: `tend status --json`.' },
  STATE_UNREADABLE: { kind: 'failed', retryable: false, hint: 'Restore the state folder from a backup.' },
  STATE_READ_ONLY: {
    kind: 'failed',
    retryable: false,
    hint: 'Make the state folder writable, or name another with --dir.',
  },
  DISK_FULL: { kind: 'failed', retryable: true, hint: 'Free some space; the next run goes on from here.' },
  UNAVAILABLE: {
    kind: 'unavailable',
    retryable: true,
    hint: 'Try again; the message says what was not ready.',
  },
  INTERRUPTED: {
    kind: 'failed',
    retryable: true,
    hint: 'Run the same command again; it goes on where it stopped.',
  },
  INTERNAL: {
    kind: 'failed',
    retryable: false,
    hint: 'This is a defect in Tend; report it with the request id.',
  },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof ERRORS;
export type ErrorKindName = ErrorKind['kind'];

/** One mistake at one place of the input; `path` in dotted form, empty for the whole. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** An operating error: what was expected, what came, what to do. */
export class TendError extends Error {
  override readonly name = 'TendError';
  readonly code: ErrorCode;
  readonly hint: string;
  readonly fields: readonly FieldError[];

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      readonly hint?: string;
      readonly fields?: readonly FieldError[];
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? ERRORS[code].hint;
    this.fields = options.fields ?? [];
  }

  get kind(): ErrorKindName {
    return ERRORS[this.code].kind;
  }
}

/** The error itself if it is an operating one, else the same thing as `INTERNAL` with its cause kept. */
export function asTendError(error: unknown): TendError {
  if (error instanceof TendError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new TendError('INTERNAL', message, { cause: error });
}
