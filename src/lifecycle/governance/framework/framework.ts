import { z } from 'zod';
import type { JsonObject } from '../../../kernel/json.ts';
import nistAiRmf from './nist-ai-rmf.json' with { type: 'json' };

/** A framework as its data file states it: which of its outcomes which kinds of evidence speak to. */
const frameworkFile = z.strictObject({
  id: z.string(),
  title: z.string(),
  source: z.string(),
  published: z.string(),
  checked: z.strictObject({ on: z.string(), against: z.string() }),
  note: z.string(),
  controls: z.array(z.strictObject({ id: z.string(), about: z.string(), kinds: z.array(z.string()).min(1) })),
});

export type Framework = z.output<typeof frameworkFile>;

/** Names that `governance.frameworks` of tend.yaml may have. */
export const FRAMEWORKS = ['nist-ai-rmf'] as const;
export type FrameworkName = (typeof FRAMEWORKS)[number];

const FILES: Readonly<Record<FrameworkName, unknown>> = { 'nist-ai-rmf': nistAiRmf };

/** The framework of a name. */
export function readFramework(name: FrameworkName): Framework {
  return frameworkFile.parse(FILES[name]);
}

/** Evidence of a project by its kind: how many there are, and the newest. */
export type EvidenceByKind = ReadonlyMap<string, { readonly count: number; readonly newest: string }>;

/**
 * The controls of a framework with the evidence that speaks to them. Covered means that there is some, not
 * that the outcome is met.
 */
export function frameworkCoverage(
  framework: Framework,
  evidence: EvidenceByKind,
): { readonly covered: number; readonly body: JsonObject } {
  const controls = framework.controls.map(({ id, about, kinds }) => {
    const found = kinds.flatMap((kind) => {
      const some = evidence.get(kind);
      return some === undefined ? [] : [{ kind, count: some.count, newest: some.newest }];
    });
    return { control: id, about, covered: found.length > 0, evidence: found, looked_for: kinds };
  });
  const covered = controls.filter((control) => control.covered).length;
  const { id, title, source, published, checked, note } = framework;
  return {
    covered,
    body: { framework: id, title, source, published, checked, note, covered, of: controls.length, controls },
  };
}
