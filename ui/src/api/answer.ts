import type { AllOperations } from './operations.ts';

/** Shapes of the answers that the board shows, all taken from the generated types. */
export type StatusAnswer = AllOperations['status.show']['output'];
export type Project = StatusAnswer['projects'][number];
export type StageStatus = Project['stages'][number];
export type Stage = StageStatus['stage'];
export type Verdict = StageStatus['verdict'];
export type StageAnswer = AllOperations['stages.show']['output'];
export type Evidence = StageAnswer['evidence'][number];
export type InboxAnswer = AllOperations['inbox.list']['output'];
export type InboxItem = InboxAnswer['items'][number];
export type Change = AllOperations['changes.watch']['output'];
export type ServerAnswer = AllOperations['server.show']['output'];
export type IncidentAnswer = AllOperations['incidents.show']['output'];
export type Incident = AllOperations['incidents.list']['output']['items'][number];
export type Action = IncidentAnswer['actions'][number];
export type Candidate = AllOperations['candidates.list']['output']['items'][number];
export type Tombstone = AllOperations['retirements.list']['output']['items'][number];
export type Endpoint = AllOperations['endpoints.list']['output']['items'][number];
export type Comment = AllOperations['comments.list']['output']['items'][number];
