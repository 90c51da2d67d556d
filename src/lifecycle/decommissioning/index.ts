/**
 * Decommissioning: the exit of a version, an endpoint or a whole project.
 *
 * What still uses it is looked for first, and a refusal lists it. Then it is taken away from traffic and put
 * into one file, with everything that lets it answer again; a fresh process that knows nothing but that file
 * restores it and answers what was logged. Only after that is it retired: a tombstone with its successor
 * stands in its place, bytes that nothing else refers to are erased, and a certificate in the ledger sums it
 * up.
 */
export { openArchive, type OpenArchive } from './archive/open-archive.ts';
export { checkArchive } from './check-archive.ts';
export { type CheckReport, checkReport, isAlike } from './check-report.ts';
export type { ExitPorts, Rehearse } from './exit-ports.ts';
export { EXIT, type ExitRequest, exitRequest } from './exit-request.ts';
export { restoreArchive } from './restore-archive.ts';
export { expirePredictions } from './expire-predictions.ts';
export { runExit } from './stage.ts';
export { startExit } from './start-exit.ts';
export { assertNotRetired } from './tombstone-store.ts';
