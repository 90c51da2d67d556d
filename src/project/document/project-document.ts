import { z } from 'zod';
import { nameText } from '../../kernel/schema.ts';
import { dataSpec, splitSpec } from '../../lifecycle/data/spec.ts';
import { decommissioningSpec } from '../../lifecycle/decommissioning/spec.ts';
import { deploymentSpec } from '../../lifecycle/deployment/spec.ts';
import { evaluationSpec } from '../../lifecycle/evaluation/spec.ts';
import { governanceSpec } from '../../lifecycle/governance/spec.ts';
import { monitoringSpec } from '../../lifecycle/monitoring/spec.ts';
import { problemSpec } from '../../lifecycle/problem/spec.ts';
import { retrainingSpec } from '../../lifecycle/retraining/spec.ts';
import { testingSpec } from '../../lifecycle/testing/spec.ts';
import { trainingSpec } from '../../lifecycle/training/spec.ts';

/** The whole of tend.yaml. Strict at every level; each stage declares its own part. */
export const projectDocument = z.strictObject({
  apiVersion: z.literal('tend/v1'),
  name: nameText,
  owner: z.string().min(3).max(200),
  kind: z.enum(['classification', 'regression']),
  clock: z
    .strictObject({ starts: z.iso.date().describe('The project clock of a replay starts here, 00:00 UTC.') })
    .exactOptional(),
  problem: problemSpec,
  data: dataSpec,
  split: splitSpec,
  training: trainingSpec,
  evaluation: evaluationSpec.exactOptional(),
  testing: testingSpec.exactOptional(),
  deployment: deploymentSpec,
  monitoring: monitoringSpec.exactOptional(),
  retraining: retrainingSpec.exactOptional(),
  governance: governanceSpec.exactOptional(),
  decommissioning: decommissioningSpec.exactOptional(),
});

export type ProjectDocument = z.output<typeof projectDocument>;
