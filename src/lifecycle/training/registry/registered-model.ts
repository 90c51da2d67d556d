import type { KeyValue } from '../tracking/tracking-context.ts';

/** Where a version stands in the scheme of before aliases, which old clients still use. */
export const VERSION_STAGES = ['None', 'Staging', 'Production', 'Archived'] as const;
export type VersionStage = (typeof VERSION_STAGES)[number];

/** The alias of what answers in production; that of a project's model moves by the gate alone. */
export const CHAMPION = 'champion';

/** Tag of a model that is none but a prompt, and of its versions. */
export const PROMPT_TAG = 'mlflow.prompt.is_prompt';

/** A name that points at a version. */
export interface VersionAlias {
  readonly alias: string;
  readonly version: number;
}

/** A version as it is registered, whoever made it. */
export interface RegisteredVersion {
  readonly id: string;
  readonly model: string;
  readonly project: string | null;
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly state: 'registered' | 'retired';
  readonly stage: VersionStage;
  /** Where its files come from, as its maker said it, and where they are. */
  readonly source: string;
  readonly location: string;
  readonly description: string | null;
  readonly userName: string | null;
  readonly runId: string | null;
  readonly runLink: string | null;
  readonly loggedModelId: string | null;
  /** Hash of the release that Tend's own training made of it. */
  readonly manifestHash: string | null;
  readonly tags: readonly KeyValue[];
  readonly aliases: readonly string[];
}

/** A registered model; `latest`: the newest version of each stage. */
export interface RegisteredModel {
  readonly name: string;
  readonly project: string | null;
  readonly description: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly tags: readonly KeyValue[];
  readonly aliases: readonly VersionAlias[];
  readonly latest: readonly RegisteredVersion[];
}

/** Is it a prompt? */
export function isPrompt({ tags }: { readonly tags: readonly KeyValue[] }): boolean {
  return tags.some(({ key, value }) => key === PROMPT_TAG && value.toLowerCase() === 'true');
}
