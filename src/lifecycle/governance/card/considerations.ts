import { fact, factTable, jsonLine, moment, requiredFact, unstated } from '../document/fact-parts.ts';
import type { FactSection } from '../document/fact-document.ts';
import type { CardFacts } from './card-facts.ts';
import {
  comparisonBody,
  datasetBody,
  knownEvidence,
  newestEvidence,
  problemBody,
  testBody,
} from './evidence-bodies.ts';
import { figureText } from './figure-text.ts';

/** Ethical considerations, caveats and recommendations. */
export function considerations(facts: CardFacts): FactSection[] {
  return [ethics(facts), caveats(facts)];
}

function ethics({ evidence }: CardFacts): FactSection {
  const problem = newestEvidence(evidence, 'problem-statement', problemBody);
  const from = problem === undefined ? [] : [problem.id];
  const risk = problem?.body.risk;
  const found = (kind: string, label: string) => {
    const test = newestEvidence(evidence, `test-${kind}`, testBody);
    if (test === undefined) return fact(label, null);
    const notes = test.body.notes === undefined ? '' : ` (${test.body.notes})`;
    return fact(label, `${test.title}${notes}`, [test.id]);
  };
  const bias = newestEvidence(evidence, 'test-bias', testBody);
  return {
    id: 'ethical-considerations',
    title: 'Ethical considerations',
    parts: [
      requiredFact('Risk', risk === undefined ? null : `${risk.level}: ${risk.reason}`, from),
      found('bias', 'Fairness between groups'),
      factTable(
        'Rates by group',
        ['criterion', 'group and its rates'],
        Object.entries(bias?.body.measured ?? {}).flatMap(([id, groups]) =>
          (Array.isArray(groups) ? groups : [groups]).map((group) => [id, jsonLine(group)]),
        ),
        bias === undefined ? [] : [bias.id],
      ),
      found('privacy', 'Can it be told who was trained on'),
      found('security', 'What hostile requests do'),
      ...unstated('Sensitive data', 'Use in matters of life and safety', 'Mitigations', 'Harmful uses'),
    ],
  };
}

function caveats(facts: CardFacts): FactSection {
  const { evidence, incidents, candidate } = facts;
  const data = newestEvidence(evidence, 'dataset-version', datasetBody);
  const aside = (data?.body.partitions ?? []).flatMap(({ name, refused, quarantinedRows = 0 }) =>
    refused !== null && refused !== undefined
      ? [[name, `whole partition: ${refused}`]]
      : quarantinedRows > 0
        ? [[name, `${quarantinedRows} rows`]]
        : [],
  );
  return {
    id: 'caveats',
    title: 'Caveats and recommendations',
    parts: [
      factTable('Data that was set aside', ['partition', 'what'], aside, data === undefined ? [] : [data.id]),
      factTable(
        'Incidents of the project',
        ['incident', 'opened', 'cause', 'severity', 'state', 'resolution'],
        incidents.map((one) => [
          one.title,
          moment(one.opened_at),
          one.cause,
          one.severity,
          one.state,
          one.resolution,
        ]),
        incidents.map(({ id }) => id),
      ),
      fact(
        'As a candidate',
        candidate === null
          ? null
          : `${candidate.state}${candidate.reason === '' ? '' : `: ${candidate.reason}`}`,
        candidate === null ? [] : [candidate.retraining_id],
      ),
      ...comparisons(facts),
      ...unstated('Recommendations', 'Further testing that would help'),
    ],
  };
}

function comparisons({ evidence }: CardFacts) {
  return knownEvidence(evidence, 'comparison', comparisonBody).map(({ id, body }) =>
    factTable(
      `Compared with version ${body.champion?.version ?? ''} on ${body.judged?.rows ?? ''} unseen rows`,
      ['window', 'version', body.metric, 'difference (interval)', 'verdict'],
      body.candidates.map((one) => [
        one.window,
        one.version ?? null,
        figureText(one.figure),
        figureText(one.difference),
        one.verdict,
      ]),
      [id],
    ),
  );
}
