import { fact, factTable, requiredFact, span, unstated } from '../document/fact-parts.ts';
import type { FactSection } from '../document/fact-document.ts';
import type { CardFacts } from './card-facts.ts';
import {
  datasetBody,
  featuresBody,
  newestEvidence,
  performanceBody,
  trainingBody,
} from './evidence-bodies.ts';

/** Evaluation data and training data: which rows, of when, of which version. */
export function dataSections(facts: CardFacts): FactSection[] {
  const { evidence, run } = facts;
  const training = newestEvidence(evidence, 'training-run', trainingBody);
  const performance = newestEvidence(evidence, 'performance', performanceBody);
  const data = newestEvidence(evidence, 'dataset-version', datasetBody);
  const features = newestEvidence(evidence, 'feature-set', featuresBody);
  const ofData = data === undefined ? [] : [data.id];
  const trained = training === undefined ? [] : [training.id];
  const judged = performance === undefined ? [] : [performance.id];
  const featured = features === undefined ? [] : [features.id];
  const tested = performance?.body.bounds;
  const bounds = training?.body.bounds;
  const version = typeof run?.inputs.data === 'string' ? run.inputs.data : null;
  return [
    {
      id: 'evaluation-data',
      title: 'Evaluation data',
      parts: [
        fact('Dataset', data?.body.dataset, ofData),
        requiredFact('Rows, none of them trained on', performance?.body.rows, judged),
        fact('Of', span(tested?.test, tested?.to), judged),
        fact('Preprocessing', featuresText(features?.body), featured),
        ...unstated('Why this data'),
      ],
    },
    {
      id: 'training-data',
      title: 'Training data',
      parts: [
        fact('Dataset', data?.body.dataset, ofData),
        requiredFact('Dataset version (sha256)', version, run === null ? [] : [run.id]),
        fact('Source', data?.body.source?.uri, ofData),
        fact('Source file (sha256)', data?.body.source?.hash, ofData),
        requiredFact('Rows to train on', training?.body.rows?.train, trained),
        fact('Of', span(bounds?.from, bounds?.validation), trained),
        fact('Rows to stop by', training?.body.rows?.validation, trained),
        fact('Of (validation)', span(bounds?.validation, bounds?.test), trained),
        factTable(
          'Partitions',
          ['partition', 'rows', 'rows set aside', 'set aside because'],
          (data?.body.partitions ?? []).map((one) => [
            one.name,
            one.rows,
            one.quarantinedRows ?? 0,
            one.refused ?? '',
          ]),
          ofData,
        ),
        fact('Preprocessing', featuresText(features?.body), featured),
      ],
    },
  ];
}

function featuresText(
  body:
    | {
        readonly definition: { readonly fields: readonly unknown[]; readonly features: readonly unknown[] };
        readonly inputs: readonly unknown[];
      }
    | undefined,
): string | null {
  if (body === undefined) return null;
  const { definition, inputs } = body;
  const { features, fields } = definition;
  return `${inputs.length} inputs, by ${features.length} expressions over ${fields.length} fields`;
}
