import { z } from 'zod';
import type { ProjectDocument } from './document/project-document.ts';

/** Text of a file that a document may name: a hundred kilobytes of SQL is a mistake. */
const FILE_CHARS_MAX = 200_000;
const FILES_MAX = 200;

/** What a project is declared by: tend.yaml and the files that it names. Clients send it whole. */
export const projectSource = z.object({
  yaml: z.string().max(1_000_000).describe('Text of tend.yaml.'),
  files: z
    .record(z.string().max(200), z.string().max(FILE_CHARS_MAX))
    .refine((files) => Object.keys(files).length <= FILES_MAX, {
      message: `expected at most ${FILES_MAX} files`,
    })
    .describe('Text of the files that it names, by path.'),
});
export type ProjectSource = z.output<typeof projectSource>;

/** Paths of the files that a document names. */
export function namedFiles({ data, testing }: ProjectDocument): string[] {
  const { request, outcome, tables } = data.features;
  const cases = testing?.unit?.cases;
  return [
    ...new Set([
      request,
      outcome,
      ...Object.values(tables ?? {}).map((table) => table.sql),
      ...(cases === undefined ? [] : [cases]),
    ]),
  ];
}
