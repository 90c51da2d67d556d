/**
 * Monitoring: from an answered prediction to what is known about the model in the world.
 *
 * Serving writes each prediction into a segment; the control plane reads them as they come, joins outcomes by
 * id or business key, and holds both against what the release was made on, in windows of the project clock.
 * Received rows pass the contract's rules and become data: feature tables at the next boundary, dataset
 * versions at the next retraining. What a monitor finds becomes an incident, one for each cause; an incident
 * sets off what tend.yaml declares. Logs are sealed into Parquet parts whose digests stand in the ledger.
 */
export { armMonitors } from './arm-monitors.ts';
export type { LiveInputs } from './live/live-inputs.ts';
export { liveBook } from './live/live-book.ts';
export { type LiveProject, openLiveProject } from './live/live-project.ts';
export type { BoundaryReport } from './live/move-clock.ts';
export { findingsOf, windowEvidence } from './live/findings.ts';
export { windowStatements } from './live/record-windows.ts';
export type { ActionPorts } from './actions/action-ports.ts';
export { carryOutActions, carryOutDue } from './actions/carry-out-actions.ts';
export { ACTION_SETTLED, INCIDENT_CLOSED, INCIDENT_OPENED } from './incidents/events.ts';
export type { Incident } from './incidents/incident.ts';
export { settleFindings } from './incidents/settle-findings.ts';
export { type MonitoringInputs, monitoringKey, runMonitoring } from './stage.ts';
export { webhookIncident } from './incidents/webhook-incident.ts';
export { loggedWindow } from './live/logged-window.ts';
export {
  findPrediction,
  type LoggedPrediction,
  sampleLogged,
  unsealedOutcome,
} from './live/prediction-log.ts';
export type { SentOutcome, TakenOutcomes } from './live/take-outcomes.ts';
