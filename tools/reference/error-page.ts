import { exitCodeOf } from '../../src/cli/exit-code.ts';
import { statusOf } from '../../src/http/problem.ts';
import { type ErrorCode, ERRORS, TendError } from '../../src/kernel/error.ts';

/** The page of the error catalogue: `docs` of an error leads to the heading of its code. */
export function errorPage(): string {
  const entries = Object.keys(ERRORS).map((name) => {
    const code = name as ErrorCode; // a key of the catalogue
    const error = new TendError(code, '');
    const again = ERRORS[code].retryable ? 'The same call may succeed later.' : '';
    return [
      `## ${code.toLowerCase().replaceAll('_', '-')}`,
      '',
      `\`${code}\`, exit code ${exitCodeOf(error)}, HTTP status ${statusOf(error)}. ${again}`.trim(),
      '',
      `What to do: ${ERRORS[code].hint}`,
    ].join('\n');
  });
  return `# Errors

Every error that Tend reports has a code of this catalogue, a message that says what was expected and what
came, and a hint. The command line shows message and hint, \`--json\` all of it as \`{ "error": { "code",
"message", "hint", "docs" } }\`, and HTTP a problem (RFC 9457). Many places give a hint that fits better than
the one written here.

Exit codes that are no errors: 0 done, 10 a gate said no, 11 something would change (\`plan --detailed\`).

${entries.join('\n\n')}
`;
}
