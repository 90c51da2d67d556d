import type { CheckReport } from './check-report.ts';
import type { SampleLogged } from './collect-release.ts';

/**
 * Lets a fresh process restore an archive and answer what was logged. The process is given a copy of the file
 * and nothing else: an empty folder to work in, and a state folder that is not there.
 * @throws UNAVAILABLE when the process could not do it; STATE_UNREADABLE when the archive is damaged
 */
export type Rehearse = (archivePath: string, signal: AbortSignal) => Promise<CheckReport>;

/** What an exit is given by whoever composes it. */
export interface ExitPorts {
  readonly sample: SampleLogged;
  readonly rehearse: Rehearse;
}
