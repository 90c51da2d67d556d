import {
  fact,
  factList,
  factTable,
  jsonLine,
  moment,
  requiredFact,
  unstated,
} from '../document/fact-parts.ts';
import type { FactSection } from '../document/fact-document.ts';
import type { CardFacts } from './card-facts.ts';
import { featuresBody, newestEvidence, problemBody, trainingBody } from './evidence-bodies.ts';

/** Parameters of a run that say how the model was searched for, and are told by themselves. */
const TOLD_APART = new Set(['engine', 'family', 'objective', 'seed', 'trial', 'trials']);

/** Model details: who made it, when, of what kind, with what. */
export function modelDetails(facts: CardFacts): FactSection {
  const { run, evidence } = facts;
  const problem = newestEvidence(evidence, 'problem-statement', problemBody);
  const training = newestEvidence(evidence, 'training-run', trainingBody);
  const features = newestEvidence(evidence, 'feature-set', featuresBody);
  const params = run?.params ?? {};
  const code = training?.body.code;
  const ran = run === null ? [] : [run.id];
  const trained = training === undefined ? [] : [training.id];
  const from = features === undefined ? [] : [features.id];
  return {
    id: 'model-details',
    title: 'Model details',
    parts: [
      requiredFact('Owner', problem?.body.owner, problem === undefined ? [] : [problem.id]),
      requiredFact(
        'Version',
        `${facts.model}@${facts.version}`,
        facts.release === null ? [] : [facts.release],
      ),
      requiredFact('Made', moment(facts.createdAt), ran),
      fact('Aliases', facts.aliases.join(', ')),
      requiredFact('Kind', problem?.body.kind, problem === undefined ? [] : [problem.id]),
      requiredFact('Family', typeof params.family === 'string' ? params.family : null, ran),
      fact('Engine', typeof params.engine === 'string' ? params.engine : null, ran),
      fact('Objective', typeof params.objective === 'string' ? params.objective : null, ran),
      fact('Predicts', features?.body.target, from),
      factTable(
        'Parameters',
        ['parameter', 'value'],
        Object.entries(params)
          .filter(([name]) => !TOLD_APART.has(name))
          .map(([name, value]) => [name, jsonLine(value)]),
        ran,
      ),
      fact('Search', searchOf(params.trials, params.seed), ran),
      factTable(
        'Inputs',
        ['input', 'type'],
        (features?.body.inputs ?? []).map(({ name, type }) => [name, type]),
        from,
      ),
      factList('Request fields', (features?.body.definition.fields ?? []).map(namedType), from),
      fact('Model file (sha256)', facts.modelBlob, trained),
      fact('Release manifest (sha256)', facts.release),
      fact('Declared by (sha256 of tend.yaml)', textOf(facts.manifest?.specHash)),
      fact('Code commit', code?.commit, trained),
      fact('Code had changes that are not in the commit', yesNo(code?.dirty), trained),
      fact('Environment', training?.body.environment && jsonLine(training.body.environment), trained),
      fact('Digest of the measurements', run?.digest, ran),
      ...unstated('Licence', 'Paper or other resource', 'Citation', 'Where to send questions'),
    ],
  };
}

function namedType({ name, type }: { readonly name: string; readonly type: string }): string {
  return `${name} (${type})`;
}

function searchOf(trials: unknown, seed: unknown): string | null {
  if (typeof trials !== 'number') return null;
  return `${trials} ${trials === 1 ? 'trial' : 'trials'}${typeof seed === 'number' ? `, seed ${seed}` : ''}`;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function yesNo(value: boolean | null | undefined): string | null {
  return value === undefined || value === null ? null : value ? 'yes' : 'no';
}
