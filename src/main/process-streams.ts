import type { CliStreams } from '../cli/terminal.ts';

/** The streams of this process. */
export const processStreams: CliStreams = {
  stdout: stream(process.stdout),
  stderr: stream(process.stderr),
  readStdin: async () => {
    let text = '';
    process.stdin.setEncoding('utf8');
    for await (const chunk of process.stdin) text += chunk as string;
    return text;
  },
};

/** Columns of a terminal that does not say. */
const COLUMNS_DEFAULT = 100;

function stream(target: NodeJS.WriteStream) {
  return {
    write: (text: string) => target.write(text),
    // Undefined where it is no terminal, whatever its type says.
    isTTY: target.isTTY ?? false,
    get columns() {
      return target.columns ?? COLUMNS_DEFAULT;
    },
  };
}
