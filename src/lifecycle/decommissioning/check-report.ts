import { z } from 'zod';

/** How the restored releases of an archive answered what was logged of them. */
export const checkReport = z.object({
  /** SHA-256 of the archive. */
  hash: z.string(),
  kind: z.enum(['version', 'endpoint', 'project']),
  subject: z.string(),
  /** Files whose bytes were verified. */
  files: z.int(),
  predictions: z.int().describe('Logged predictions that were asked again.'),
  alike: z.int().describe('Those whose model inputs and answer were exactly the logged ones.'),
  releases: z.array(
    z.object({
      release: z.string(),
      version: z.string(),
      predictions: z.int(),
      alike: z.int(),
      maxDifference: z.number().describe('Largest difference between an answer and the logged one.'),
      first: z.string().nullable().describe('The first prediction that differs, and how.'),
    }),
  ),
});
export type CheckReport = z.output<typeof checkReport>;

/** Did every release load, and answer every prediction exactly alike? */
export function isAlike(report: CheckReport): boolean {
  return report.releases.length > 0 && report.alike === report.predictions;
}
