import type { Json, JsonObject } from '../../../kernel/json.ts';

/** What an assessment is: of what came, of what should have come, or a known problem. */
export type AssessmentKind = 'feedback' | 'expectation' | 'issue';

/** What somebody says of a trace. Times are milliseconds. */
export interface Assessment {
  readonly id: string;
  readonly traceId: string;
  readonly kind: AssessmentKind;
  readonly name: string;
  /** What is compared in searches; undefined where there is none, as in feedback that failed. */
  readonly value: Json | undefined;
  /** The assessment that this one takes the place of. */
  readonly overrides: string | null;
  /** Nothing takes its place. */
  readonly valid: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** The rest, as it came: source, rationale, metadata, span and the value in its envelope. */
  readonly body: JsonObject;
}
