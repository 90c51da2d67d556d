/** A name as an SQL identifier, whatever characters it has. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as an SQL string literal. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A moment as an SQL timestamp literal. `ms` since 1970-01-01 UTC. */
export function sqlTime(ms: number): string {
  return `TIMESTAMP '${new Date(ms).toISOString().replace('T', ' ').replace('Z', '')}'`;
}

/** A moment (milliseconds UTC) as the text that a TIMESTAMP parameter takes. */
export function momentText(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
}
