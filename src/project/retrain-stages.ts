import type { CandidateStages } from '../lifecycle/retraining/index.ts';
import type { ProjectDocument } from './document/project-document.ts';
import { evaluationInputs, testingInputs, trainingInputs } from './stage-inputs.ts';

/** What each stage is given for a candidate of the document: the same as for a first model. */
export function candidateStages(document: ProjectDocument, specHash: string): CandidateStages {
  const rule = document.governance?.approve?.production;
  return {
    training: (data, { bounds, trial }) => {
      const asked = trainingInputs(document, specHash, data);
      if (trial === undefined) return { ...asked, bounds };
      return { ...asked, bounds, trial, training: { ...asked.training, trials: 1 } };
    },
    // The champion is compared with on other rows, by the retraining itself.
    evaluation: (data, training) => ({
      ...evaluationInputs(document, data, training),
      compareChampion: false,
    }),
    testing: (data, training) => testingInputs(document, data, training),
    deployment: (data, { data: ofData, training, evaluation, testing }) => ({
      deployment: document.deployment,
      criteria: document.problem.criteria,
      approval: rule === undefined ? null : { by: rule.by, notAuthor: rule.not === 'author' },
      stages: [
        { stage: 'data', verdict: ofData.verdict, reason: ofData.reason },
        { stage: 'training', verdict: training.verdict, reason: training.reason },
        { stage: 'evaluation', verdict: evaluation.verdict, reason: evaluation.reason },
        { stage: 'testing', verdict: testing.verdict, reason: testing.reason },
      ],
      judged: [...evaluation.outputs.criteria, ...testing.outputs.criteria],
      data,
      training: training.outputs,
    }),
  };
}
