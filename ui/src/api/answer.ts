import type { Operations } from './schema.gen.ts';

/** Shapes of the answers that the board shows, all taken from the generated types. */
export type StatusAnswer = Operations['status.show']['output'];
export type Project = StatusAnswer['projects'][number];
export type StageStatus = Project['stages'][number];
export type Stage = StageStatus['stage'];
export type Verdict = StageStatus['verdict'];
export type StageAnswer = Operations['stages.show']['output'];
export type Evidence = StageAnswer['evidence'][number];
export type InboxAnswer = Operations['inbox.list']['output'];
export type InboxItem = InboxAnswer['items'][number];
export type Change = Operations['changes.watch']['output'];
export type ServerAnswer = Operations['server.show']['output'];
export type IncidentAnswer = Operations['incidents.show']['output'];
export type Incident = Operations['incidents.list']['output']['items'][number];
export type Action = IncidentAnswer['actions'][number];
export type Candidate = Operations['candidates.list']['output']['items'][number];
export type Tombstone = Operations['retirements.list']['output']['items'][number];
export type Endpoint = Operations['endpoints.list']['output']['items'][number];
export type Comment = Operations['comments.list']['output']['items'][number];
