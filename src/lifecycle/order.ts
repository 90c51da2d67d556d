import { STAGES, type Stage } from '../kernel/verdict.ts';

/** A stage as people read it. Documentation, command groups and the board follow this order. */
export interface StagePage {
  readonly stage: Stage;
  readonly title: string;
  readonly question: string;
}

const PAGES: Readonly<Record<Stage, readonly [title: string, question: string]>> = {
  problem: ['Problem', 'What is asked, by whom, and when is the answer good enough?'],
  data: ['Data', 'Is the data what was promised, and which version is it?'],
  training: ['Training', 'Which model came out, of what, and can it be made again?'],
  evaluation: ['Evaluation', 'How good is it, where, and better than what?'],
  testing: ['Testing', 'Does it hold in the real serving process?'],
  deployment: ['Deployment', 'Who let it through, and what answers now?'],
  monitoring: ['Monitoring', 'Does it still hold on live traffic?'],
  retraining: ['Retraining', 'Is a newer model proved better?'],
  governance: ['Governance', 'Who answers for it, and is that written down?'],
  decommissioning: ['Decommissioning', 'Is it gone, and could it be brought back?'],
};

/** The ten stages in the order of a model's life. */
export const ORDER: readonly StagePage[] = STAGES.map((stage) => {
  const [title, question] = PAGES[stage];
  return { stage, title, question };
});
