/** Written to the outbox when an incident opens and when it closes; bodies name the `incident`. */
export const INCIDENT_OPENED = 'monitoring.incident.opened';
export const INCIDENT_CLOSED = 'monitoring.incident.closed';

/** Written when an action of an incident was done, recorded, held back, vetoed, or failed. */
export const ACTION_SETTLED = 'monitoring.action.settled';
