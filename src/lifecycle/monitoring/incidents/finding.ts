import type { StageEvidence } from '../../stage-scope.ts';
import type { Incident } from './incident.ts';

/** What a monitor has to say of one cause, in one window of the project clock. */
export interface Finding {
  readonly project: string;
  /**
   * `drift`, `criterion:<id>`, `quality:<dataset>:<rule>`, `requests`, `outcomes`, `monitor:<name>` (it
   * failed itself), `webhook:<id>`: one open incident for each.
   */
  readonly cause: string;
  /** True where the monitor is content: an open incident of the cause closes, if it closes by itself. */
  readonly holds: boolean;
  /** End of the window, milliseconds of the project clock. */
  readonly at: number;
  readonly severity: Incident['severity'];
  /** What was found, in one line. */
  readonly title: string;
  /** What a person should do about it. */
  readonly whatToDo: string;
  readonly evidence: readonly StageEvidence[];
  /** Hash of the release that answered; null where it is about none. */
  readonly release: string | null;
}
