import type * as loop from './loop-tables.ts';
import type * as model from './model-tables.ts';
import type * as project from './project-tables.ts';
import type * as server from './server-tables.ts';
import type * as traced from './trace-tables.ts';
import type * as tracking from './tracking-tables.ts';

/**
 * Every table, for Kysely. Booleans are integers 0 and 1, JSON is text, times are integer milliseconds UTC,
 * hashes are 64 hexadecimal digits, on both dialects.
 */
export interface Tables {
  readonly meta: server.MetaTable;
  readonly ledger_chain: server.LedgerChainTable;
  readonly ledger: server.LedgerTable;
  readonly idempotency: server.IdempotencyTable;
  readonly account: server.AccountTable;
  readonly token: server.TokenTable;
  readonly execution: server.ExecutionTable;
  readonly step: server.StepTable;
  readonly schedule: server.ScheduleTable;
  readonly outbox: server.OutboxTable;
  readonly project: project.ProjectTable;
  readonly project_revision: project.ProjectRevisionTable;
  readonly project_clock: project.ProjectClockTable;
  readonly plan: project.PlanTable;
  readonly stage_result: project.StageResultTable;
  readonly stage_cache: project.StageCacheTable;
  readonly evidence: project.EvidenceTable;
  readonly lineage: project.LineageTable;
  readonly approval: project.ApprovalTable;
  readonly comment: project.CommentTable;
  readonly dataset: model.DatasetTable;
  readonly dataset_version: model.DatasetVersionTable;
  readonly partition: model.PartitionTable;
  readonly experiment: tracking.ExperimentTable;
  readonly experiment_tag: tracking.ExperimentTagTable;
  readonly run: tracking.RunTable;
  readonly run_metric: tracking.RunMetricTable;
  readonly run_latest: tracking.RunLatestTable;
  readonly run_param: tracking.RunValueTable;
  readonly run_tag: tracking.RunValueTable;
  readonly logged_dataset: tracking.LoggedDatasetTable;
  readonly run_input: tracking.RunInputTable;
  readonly run_model: tracking.RunModelTable;
  readonly logged_model: tracking.LoggedModelTable;
  readonly logged_model_param: tracking.LoggedModelValueTable;
  readonly logged_model_tag: tracking.LoggedModelValueTable;
  readonly logged_model_metric: tracking.LoggedModelMetricTable;
  readonly artifact: tracking.ArtifactTable;
  readonly trace: traced.TraceTable;
  readonly trace_tag: traced.TraceValueTable;
  readonly trace_metadata: traced.TraceValueTable;
  readonly trace_run: traced.TraceRunTable;
  readonly span: traced.SpanTable;
  readonly assessment: traced.AssessmentTable;
  readonly model: model.ModelTable;
  readonly model_version: model.ModelVersionTable;
  readonly model_alias: model.ModelAliasTable;
  readonly endpoint: model.EndpointTable;
  readonly release: model.ReleaseTable;
  readonly route: model.RouteTable;
  readonly rollout: model.RolloutTable;
  readonly log_part: loop.LogPartTable;
  readonly feature_history: loop.FeatureHistoryTable;
  readonly monitor_window: loop.MonitorWindowTable;
  readonly incident: loop.IncidentTable;
  readonly action: loop.ActionTable;
  readonly webhook: loop.WebhookTable;
  readonly webhook_delivery: loop.WebhookDeliveryTable;
  readonly retraining: loop.RetrainingTable;
  readonly candidate: loop.CandidateTable;
  readonly archive: loop.ArchiveTable;
  readonly tombstone: loop.TombstoneTable;
}
