import type { FactDocument } from '../document/fact-document.ts';
import type { CardFacts } from './card-facts.ts';
import { considerations } from './considerations.ts';
import { dataSections } from './data-sections.ts';
import { intendedUse } from './intended-use.ts';
import { modelDetails } from './model-details.ts';
import { quantitativeAnalyses } from './quantitative-analyses.ts';
import { versionRecord } from './version-record.ts';

/**
 * The card of a model version, in the nine sections of Mitchell et al., "Model Cards for Model Reporting"
 * (FAT* 2019, section 4), and the record of the version. Whatever no record answers is stated as such.
 */
export function modelCard(facts: CardFacts): FactDocument {
  const { model, version, project, release } = facts;
  return {
    format: 'tend.model-card/v1',
    title: `Model card: ${model}@${version}`,
    source: 'Mitchell et al., Model Cards for Model Reporting, 2019',
    about: { project, name: model, version: String(version), hash: release },
    factsUntil: newestOf(facts),
    sections: [
      modelDetails(facts),
      ...intendedUse(facts),
      ...dataSections(facts),
      quantitativeAnalyses(facts),
      ...considerations(facts),
      versionRecord(facts),
    ],
  };
}

function newestOf({ createdAt, evidence, incidents, retrainings, windows, approvals }: CardFacts): number {
  return Math.max(
    createdAt,
    ...evidence.map((one) => one.createdAt),
    ...incidents.map((one) => one.created_at),
    ...retrainings.map((one) => one.created_at),
    ...windows.map((one) => one.created_at),
    ...approvals.map((one) => one.decidedAt ?? 0),
  );
}
