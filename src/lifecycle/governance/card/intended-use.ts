import type { Json } from '../../../kernel/json.ts';
import { fact, factList, jsonLine, requiredFact, requiredTable, unstated } from '../document/fact-parts.ts';
import type { FactSection } from '../document/fact-document.ts';
import type { CardFacts } from './card-facts.ts';
import { knownEvidence, newestEvidence, problemBody, slicesBody } from './evidence-bodies.ts';

/** Intended use, factors and metrics: what was promised before any model was seen. */
export function intendedUse(facts: CardFacts): FactSection[] {
  const problem = newestEvidence(facts.evidence, 'problem-statement', problemBody);
  const from = problem === undefined ? [] : [problem.id];
  const promises = problem?.body.promises ?? [];
  const stakeholders = Object.entries(problem?.body.stakeholders ?? {});
  return [
    {
      id: 'intended-use',
      title: 'Intended use',
      parts: [
        requiredFact('Primary use', problem?.body.statement, from),
        fact('What gets better', problem?.body.objective, from),
        factList(
          'Whom it serves',
          stakeholders.map(([role, name]) => `${role}: ${name}`),
          from,
        ),
        ...unstated('Out-of-scope uses'),
      ],
    },
    factors(facts, promises, from),
    metrics(problem?.body.baseline, promises, from),
  ];
}

type Promised = readonly Readonly<Record<string, Json>>[];

function factors({ evidence }: CardFacts, promises: Promised, from: readonly string[]): FactSection {
  const slices = knownEvidence(evidence, 'slices', slicesBody);
  const groups = promises.flatMap(({ by }) => (typeof by === 'string' ? [by] : []));
  return {
    id: 'factors',
    title: 'Factors',
    parts: [
      factList('Groups that criteria are held to', [...new Set(groups)], from),
      factList(
        'Groups that were looked at',
        [...new Set(slices.map(({ body }) => body.by))],
        slices.map(({ id }) => id),
      ),
      ...unstated('Other relevant factors', 'Instruments and environment'),
    ],
  };
}

function metrics(
  baseline: Readonly<Record<string, Json>> | undefined,
  promises: Promised,
  from: readonly string[],
): FactSection {
  const thresholds = promises.flatMap(({ id, selected }) =>
    selected === undefined ? [] : [`${jsonLine(id ?? '')}: ${jsonLine(selected)}`],
  );
  return {
    id: 'metrics',
    title: 'Metrics',
    parts: [
      requiredTable(
        'Criteria as declared',
        ['criterion', 'metric', 'bound', 'judged by'],
        promises.map((promise) => [
          jsonLine(promise.id ?? ''),
          jsonLine(promise.metric ?? ''),
          boundOf(promise),
          jsonLine(promise.judged_by ?? ''),
        ]),
        from,
      ),
      fact('Baseline to beat', baseline === undefined ? null : jsonLine(baseline), from),
      factList('Decision thresholds', thresholds, from),
      ...unstated('Why these metrics'),
    ],
  };
}

function boundOf(promise: Readonly<Record<string, Json>>): string | null {
  if (promise.at_least !== undefined) return `at least ${jsonLine(promise.at_least)}`;
  return promise.at_most === undefined ? null : `at most ${jsonLine(promise.at_most)}`;
}
