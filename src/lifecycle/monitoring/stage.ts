import { hashJson } from '../../kernel/hash.ts';
import type { Criterion } from '../problem/index.ts';
import type { KeyScope, StageResult, StageScope } from '../stage-scope.ts';
import { type ArmInputs, armMonitors } from './arm-monitors.ts';
import type { MonitoringSpec } from './spec.ts';

/** What monitoring takes: its part of the document, the live criteria, and the release that answers. */
export interface MonitoringInputs extends ArmInputs {
  readonly monitoring: MonitoringSpec;
  readonly criteria: readonly Criterion[];
}

/** What monitoring hands on: the profile that live traffic is held against. */
export type MonitoringOutputs = { readonly profile: string };

/** Hash of what is watched and how. */
export function monitoringKey(scope: KeyScope, inputs: MonitoringInputs): string {
  const { monitoring, criteria, training, test } = inputs;
  const release = training.manifestBlob;
  return hashJson({ stage: 'monitoring', monitoring, criteria, release, test, version: scope.version });
}

/** Arms the monitors of a release that has begun to answer. From then on the project clock drives them. */
export async function runMonitoring(
  scope: StageScope,
  inputs: MonitoringInputs,
): Promise<StageResult<MonitoringOutputs>> {
  const armed = await armMonitors(scope, inputs);
  return {
    verdict: 'pass',
    reason: `armed: ${watched(inputs).join(', ') || 'predictions are logged'}`,
    evidence: armed.evidence,
    outputs: armed.result,
  };
}

function watched({ monitoring, criteria }: MonitoringInputs): string[] {
  const { drift } = monitoring;
  return [
    ...(drift === undefined ? [] : [`drift by ${drift.test} ${drift.alert_at}`]),
    ...criteria.map((criterion) => criterion.id),
  ];
}
