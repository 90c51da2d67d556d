import { canonicalJson } from '../kernel/hash.ts';
import type { Stage } from '../kernel/verdict.ts';
import { type Criterion, judgedBy } from '../lifecycle/problem/index.ts';
import type { ProjectDocument } from './document/project-document.ts';

/** Ids of criteria that are new, gone or different, by the stages that refer to them. */
export function changedCriteria(
  before: ProjectDocument,
  after: ProjectDocument,
): ReadonlyMap<Stage, readonly string[]> {
  const changed = new Map<Stage, string[]>();
  const old = new Map(before.problem.criteria.map((criterion) => [criterion.id, criterion]));
  const now = new Map(after.problem.criteria.map((criterion) => [criterion.id, criterion]));
  for (const id of new Set([...old.keys(), ...now.keys()])) {
    const a = old.get(id);
    const b = now.get(id);
    if (a !== undefined && b !== undefined && canonicalJson(a) === canonicalJson(b)) continue;
    // Whatever leaned on the old one leans on it no more, and that is a change too.
    for (const stage of new Set([...referringStages(before, id, a), ...referringStages(after, id, b)])) {
      changed.set(stage, [...(changed.get(stage) ?? []), id]);
    }
  }
  return changed;
}

/** The stages whose verdict leans on a criterion: where it is judged, the gate, guards and monitors. */
function referringStages(document: ProjectDocument, id: string, criterion: Criterion | undefined): Stage[] {
  if (criterion === undefined) return [];
  const judged = judgedBy(criterion);
  const guards =
    typeof document.deployment.rollout === 'object' ? (document.deployment.rollout.guard ?? []) : [];
  const stages: Stage[] = ['problem'];
  if (judged !== 'monitoring') stages.push(judged, 'deployment');
  else if (guards.includes(id)) stages.push('deployment');
  if (document.monitoring?.watch?.includes(id) === true) stages.push('monitoring');
  return stages;
}

/** Parts of the document that differ, by their top-level names. */
export function changedParts(before: ProjectDocument, after: ProjectDocument): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof ProjectDocument>;
  return [...names].filter(
    (name) => canonicalJson(before[name] ?? null) !== canonicalJson(after[name] ?? null),
  );
}
