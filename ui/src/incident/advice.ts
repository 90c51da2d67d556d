/** Advice taken apart: sentences to read, and command lines to copy. */
export interface Advice {
  readonly paragraphs: readonly string[];
  readonly commands: readonly string[];
}

/** A command in backquotes, alone on its line, or in brackets. */
const QUOTED = /`(tend [^`]+)`/g;
const OWN_LINE = /^\s*(?:\$\s*)?(tend \S.*?)\s*$/;
const IN_BRACKETS = /\((tend [^()]+)\)/g;

/** The command lines in a text, each once, in order; a line that is nothing but a command is no paragraph. */
export function adviceIn(text: string): Advice {
  const paragraphs: string[] = [];
  const commands: string[] = [];
  for (const line of text.split('\n')) {
    const own = OWN_LINE.exec(line)?.[1];
    if (own !== undefined) {
      commands.push(own);
      continue;
    }
    if (line.trim() === '') continue;
    paragraphs.push(line.trim().replaceAll('`', ''));
    for (const pattern of [QUOTED, IN_BRACKETS])
      for (const [, command] of line.matchAll(pattern)) commands.push(command ?? '');
  }
  return { paragraphs, commands: [...new Set(commands)] };
}
