import { factFigures, factTable, requiredTable, unstated } from '../document/fact-parts.ts';
import type { FactPart, FactSection } from '../document/fact-document.ts';
import { monitorRow, MONITOR_COLUMNS } from './monitor-row.ts';
import type { CardFacts } from './card-facts.ts';
import {
  explanationBody,
  knownEvidence,
  newestEvidence,
  performanceBody,
  slicesBody,
  testBody,
} from './evidence-bodies.ts';
import { CRITERION_COLUMNS, criterionRow, figureText } from './figure-text.ts';

/** Slices told of in a table; the figure draws more of them. */
const SLICES_TOLD_MAX = 20;

/** Quantitative analyses: unitary results, what was tested, what is seen live. */
export function quantitativeAnalyses(facts: CardFacts): FactSection {
  return {
    id: 'quantitative-analyses',
    title: 'Quantitative analyses',
    parts: [
      ...performanceParts(facts),
      ...sliceParts(facts),
      ...unstated('Intersectional results'),
      ...testParts(facts),
      ...explanationParts(facts),
      factTable('Live, in the last window of each monitor', MONITOR_COLUMNS, facts.windows.map(monitorRow)),
    ],
  };
}

function performanceParts({ evidence }: CardFacts): FactPart[] {
  const performance = newestEvidence(evidence, 'performance', performanceBody);
  const from = performance === undefined ? [] : [performance.id];
  const baseline = performance?.body.baseline?.figures ?? {};
  return [
    requiredTable(
      'Figures on unseen rows',
      ['metric', 'model (interval)', 'baseline (interval)'],
      Object.entries(performance?.body.model ?? {}).map(([name, interval]) => [
        name,
        figureText(interval),
        figureText(baseline[name] ?? {}),
      ]),
      from,
    ),
    factTable(
      'Criteria on unseen rows',
      CRITERION_COLUMNS,
      (performance?.body.criteria ?? []).map(criterionRow),
      from,
    ),
    ...factFigures(performance?.body.figures, from),
  ];
}

function sliceParts({ evidence }: CardFacts): FactPart[] {
  const newest = new Map(knownEvidence(evidence, 'slices', slicesBody).map((one) => [one.body.by, one]));
  return [...newest.values()].flatMap(({ id, body }) => [
    factTable(
      `${body.metric} by ${body.by}`,
      [body.by, 'rows', `${body.metric} (interval)`],
      [...body.slices]
        .sort((a, b) => b.rows - a.rows)
        .slice(0, SLICES_TOLD_MAX)
        .map((slice) => [slice.level ?? 'missing', slice.rows, figureText(slice)]),
      [id],
    ),
    ...factFigures(body.figures, [id]),
  ]);
}

function testParts({ evidence }: CardFacts): FactPart[] {
  const newest = new Map(knownEvidence(evidence, /^test-/, testBody).map((one) => [one.body.test, one]));
  const tests = [...newest.values()];
  const ids = tests.map(({ id }) => id);
  return [
    factTable(
      'Tests in the serving process',
      ['test', 'verdict', 'what it found'],
      tests.map(({ body, title, verdict }) => [body.test, verdict, title]),
      ids,
    ),
    factTable(
      'Criteria in the serving process',
      CRITERION_COLUMNS,
      tests.flatMap(({ body }) => body.criteria.map(criterionRow)),
      ids,
    ),
  ];
}

function explanationParts({ evidence }: CardFacts): FactPart[] {
  const explanation = newestEvidence(evidence, 'explanation', explanationBody);
  if (explanation === undefined) return unstated('What it leans on');
  const { id, body } = explanation;
  return [
    factTable(
      'What it leans on',
      ['input', `drop of ${body.metric} when it is shuffled`],
      body.permutation.map(({ input, drop }) => [input, drop ?? null]),
      [id],
    ),
    ...factFigures(body.figures, [id]),
  ];
}
