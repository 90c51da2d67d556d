import type { ReactElement } from 'react';
import type { Incident } from '../api/answer.ts';
import { severityTone } from '../board/cell-badges.ts';
import { ToneBadge } from '../components/tone-badge.tsx';
import { INCIDENT_TONES } from './incident-words.ts';

/** Severity and state of an incident. */
export function IncidentBadges({ incident }: { readonly incident: Incident }): ReactElement {
  return (
    <>
      <ToneBadge tone={severityTone(incident)}>{incident.severity}</ToneBadge>
      <ToneBadge tone={INCIDENT_TONES[incident.state]}>{incident.state}</ToneBadge>
    </>
  );
}
