CREATE TABLE public.account (
    id text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    password_hash text,
    roles text NOT NULL,
    disabled integer NOT NULL,
    created_at bigint NOT NULL
);
CREATE TABLE public.action (
    id text NOT NULL,
    project text NOT NULL,
    incident_id text NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    at bigint NOT NULL,
    due_at bigint,
    body text NOT NULL,
    decided_by text,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE TABLE public.approval (
    id text NOT NULL,
    project text NOT NULL,
    gate text NOT NULL,
    subject text NOT NULL,
    by_role text NOT NULL,
    not_author integer NOT NULL,
    author text NOT NULL,
    state text NOT NULL,
    decided_by text,
    comment text,
    created_at bigint NOT NULL,
    decided_at bigint,
    execution_id text
);
CREATE TABLE public.archive (
    id text NOT NULL,
    project text NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    blob_hash text NOT NULL,
    size_bytes bigint NOT NULL,
    manifest text NOT NULL,
    created_at bigint NOT NULL
);
CREATE TABLE public.artifact (
    parent text NOT NULL,
    name text NOT NULL,
    blob_hash text,
    size_bytes bigint,
    created_at bigint NOT NULL
);
CREATE TABLE public.artifact_part (
    upload_id text NOT NULL,
    number bigint NOT NULL,
    blob_hash text NOT NULL,
    size_bytes bigint NOT NULL
);
CREATE TABLE public.artifact_upload (
    id text NOT NULL,
    secret_hash text NOT NULL,
    path text NOT NULL,
    part_count bigint NOT NULL,
    state text NOT NULL,
    moved_at bigint NOT NULL
);
CREATE TABLE public.assessment (
    trace_id text NOT NULL,
    id text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    value text,
    number double precision,
    overrides text,
    valid integer NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    body text NOT NULL
);
CREATE TABLE public.candidate (
    id text NOT NULL,
    project text NOT NULL,
    retraining_id text NOT NULL,
    "window" text NOT NULL,
    model text NOT NULL,
    version bigint,
    release_hash text,
    state text NOT NULL,
    reason text NOT NULL,
    evidence text NOT NULL,
    body text NOT NULL,
    at bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE TABLE public.comment (
    id text NOT NULL,
    project text NOT NULL,
    subject text NOT NULL,
    author text NOT NULL,
    text text NOT NULL,
    created_at bigint NOT NULL
);
CREATE TABLE public.dataset (
    project text NOT NULL,
    name text NOT NULL
);
CREATE TABLE public.dataset_version (
    id text NOT NULL,
    project text NOT NULL,
    dataset text NOT NULL,
    hash text NOT NULL,
    schema text NOT NULL,
    row_count bigint NOT NULL,
    created_at bigint NOT NULL
);
CREATE TABLE public.endpoint (
    name text NOT NULL,
    project text NOT NULL,
    generation bigint NOT NULL,
    state text NOT NULL,
    body text
);
CREATE TABLE public.evaluation_dataset (
    id text NOT NULL,
    name text NOT NULL,
    revision bigint NOT NULL,
    schema text,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    created_by text,
    updated_by text
);
CREATE TABLE public.evaluation_dataset_experiment (
    dataset_id text NOT NULL,
    experiment_id bigint NOT NULL
);
CREATE TABLE public.evaluation_dataset_tag (
    dataset_id text NOT NULL,
    key text NOT NULL,
    value text NOT NULL
);
CREATE TABLE public.evaluation_record (
    dataset_id text NOT NULL,
    id text NOT NULL,
    input_hash text NOT NULL,
    body text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    created_by text,
    updated_by text
);
CREATE TABLE public.evidence (
    id text NOT NULL,
    project text NOT NULL,
    stage text NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    verdict text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    hash text NOT NULL,
    execution_id text,
    created_at bigint NOT NULL
);
CREATE TABLE public.execution (
    id text NOT NULL,
    workflow text NOT NULL,
    key text NOT NULL,
    project text,
    state text NOT NULL,
    input text NOT NULL,
    result text,
    error text,
    actor text NOT NULL,
    reason text,
    wake_at bigint,
    attempt bigint NOT NULL,
    lease_until bigint,
    worker text,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE TABLE public.experiment (
    id bigint NOT NULL,
    name text NOT NULL,
    project text,
    artifact_location text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    deleted_at bigint
);
CREATE TABLE public.experiment_tag (
    experiment_id bigint NOT NULL,
    key text NOT NULL,
    value text NOT NULL
);
CREATE TABLE public.feature_history (
    project text NOT NULL,
    name text NOT NULL,
    from_at bigint NOT NULL,
    to_at bigint NOT NULL,
    refresh_ms bigint NOT NULL,
    row_count bigint NOT NULL,
    blob_hash text NOT NULL,
    created_at bigint NOT NULL
);
CREATE TABLE public.idempotency (
    key text NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE public.incident (
    id text NOT NULL,
    project text NOT NULL,
    cause text NOT NULL,
    severity text NOT NULL,
    state text NOT NULL,
    owner text NOT NULL,
    title text NOT NULL,
    what_to_do text NOT NULL,
    seen bigint NOT NULL,
    evidence text NOT NULL,
    body text NOT NULL,
    opened_at bigint NOT NULL,
    last_at bigint NOT NULL,
    resolved_at bigint,
    resolved_by text,
    resolution text,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE TABLE public.ledger (
    chain text NOT NULL,
    seq bigint NOT NULL,
    at bigint NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    prev text NOT NULL,
    hash text NOT NULL
);
CREATE TABLE public.ledger_chain (
    chain text NOT NULL,
    head_hash text NOT NULL,
    length bigint NOT NULL
);
CREATE TABLE public.lineage (
    from_ref text NOT NULL,
    to_ref text NOT NULL,
    kind text NOT NULL,
    execution_id text,
    at bigint NOT NULL
);
CREATE TABLE public.log_part (
    id text NOT NULL,
    project text NOT NULL,
    endpoint text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    from_at bigint NOT NULL,
    to_at bigint NOT NULL,
    id_min text NOT NULL,
    id_max text NOT NULL,
    row_count bigint NOT NULL,
    blob_hash text NOT NULL,
    created_at bigint NOT NULL
);
CREATE TABLE public.logged_dataset (
    id text NOT NULL,
    experiment_id bigint NOT NULL,
    name text NOT NULL,
    digest text NOT NULL,
    source_type text NOT NULL,
    source text NOT NULL,
    schema text,
    profile text
);
CREATE TABLE public.logged_model (
    id text NOT NULL,
    experiment_id bigint NOT NULL,
    name text NOT NULL,
    model_type text,
    source_run_id text,
    state text NOT NULL,
    message text,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    deleted_at bigint
);
CREATE TABLE public.logged_model_metric (
    model_id text NOT NULL,
    key text NOT NULL,
    dataset_name text NOT NULL,
    dataset_digest text NOT NULL,
    run_id text NOT NULL,
    at bigint NOT NULL,
    step bigint NOT NULL,
    value double precision NOT NULL,
    nan integer NOT NULL
);
CREATE TABLE public.logged_model_param (
    model_id text NOT NULL,
    key text NOT NULL,
    value text NOT NULL
);
CREATE TABLE public.logged_model_tag (
    model_id text NOT NULL,
    key text NOT NULL,
    value text NOT NULL
);
CREATE TABLE public.meta (
    key text NOT NULL,
    value text NOT NULL
);
CREATE TABLE public.model (
    name text NOT NULL,
    project text,
    description text,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE TABLE public.model_alias (
    model text NOT NULL,
    alias text NOT NULL,
    version bigint NOT NULL
);
CREATE TABLE public.model_tag (
    model text NOT NULL,
    key text NOT NULL,
    value text NOT NULL
);
CREATE TABLE public.model_version (
    id text NOT NULL,
    model text NOT NULL,
    version bigint NOT NULL,
    run_id text,
    blob_hash text,
    manifest_hash text,
    state text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint,
    source text,
    location text,
    description text,
    stage text,
    user_name text,
    run_link text,
    logged_model_id text
);
CREATE TABLE public.model_version_tag (
    model text NOT NULL,
    version bigint NOT NULL,
    key text NOT NULL,
    value text NOT NULL
);
CREATE TABLE public.monitor_window (
    project text NOT NULL,
    monitor text NOT NULL,
    from_at bigint NOT NULL,
    to_at bigint NOT NULL,
    verdict text NOT NULL,
    value double precision,
    low double precision,
    high double precision,
    bound double precision,
    body text NOT NULL,
    created_at bigint NOT NULL
);
CREATE TABLE public.outbox (
    id text NOT NULL,
    type text NOT NULL,
    project text,
    body text NOT NULL,
    created_at bigint NOT NULL,
    attempts bigint NOT NULL,
    next_at bigint,
    done_at bigint
);
CREATE TABLE public.partition (
    project text NOT NULL,
    dataset text NOT NULL,
    name text NOT NULL,
    version_hash text NOT NULL,
    content_hash text NOT NULL,
    blob_hash text NOT NULL,
    row_count bigint NOT NULL,
    quarantined integer NOT NULL,
    reason text,
    seq bigint NOT NULL
);
CREATE TABLE public.plan (
    hash text NOT NULL,
    project text NOT NULL,
    body text NOT NULL,
    created_at bigint NOT NULL
);
CREATE TABLE public.project (
    name text NOT NULL,
    owner text NOT NULL,
    kind text NOT NULL,
    statement text NOT NULL,
    spec_hash text NOT NULL,
    document text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE TABLE public.project_clock (
    project text NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE public.project_revision (
    project text NOT NULL,
    hash text NOT NULL,
    document text NOT NULL,
    source text NOT NULL,
    author text NOT NULL,
    created_at bigint NOT NULL,
    clock bigint
);
CREATE TABLE public.release (
    hash text NOT NULL,
    endpoint text NOT NULL,
    version text NOT NULL,
    manifest text NOT NULL,
    created_at bigint NOT NULL
);
CREATE TABLE public.released_blob (
    hash text NOT NULL,
    released_at bigint NOT NULL
);
CREATE TABLE public.retraining (
    id text NOT NULL,
    project text NOT NULL,
    execution_id text,
    trigger text NOT NULL,
    incident_id text,
    at bigint NOT NULL,
    state text NOT NULL,
    reason text NOT NULL,
    champion bigint,
    promoted bigint,
    effect text,
    body text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE TABLE public.rollout (
    id text NOT NULL,
    endpoint text NOT NULL,
    from_release text,
    to_release text NOT NULL,
    state text NOT NULL,
    step bigint NOT NULL,
    counts text NOT NULL,
    started_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    body text NOT NULL
);
CREATE TABLE public.route (
    endpoint text NOT NULL,
    release_hash text NOT NULL,
    weight double precision NOT NULL,
    role text NOT NULL
);
CREATE TABLE public.run (
    id text NOT NULL,
    experiment_id bigint NOT NULL,
    project text,
    name text NOT NULL,
    state text NOT NULL,
    started_at bigint,
    ended_at bigint,
    deleted_at bigint,
    user_name text NOT NULL,
    params text NOT NULL,
    tags text NOT NULL,
    inputs text NOT NULL,
    outputs text NOT NULL,
    digest text
);
CREATE TABLE public.run_input (
    run_id text NOT NULL,
    dataset_id text NOT NULL,
    context text,
    tags text NOT NULL,
    created_at bigint NOT NULL
);
CREATE TABLE public.run_latest (
    run_id text NOT NULL,
    key text NOT NULL,
    experiment_id bigint NOT NULL,
    at bigint NOT NULL,
    step bigint NOT NULL,
    value double precision NOT NULL,
    nan integer NOT NULL,
    min double precision,
    max double precision
);
CREATE TABLE public.run_metric (
    run_id text NOT NULL,
    key text NOT NULL,
    at bigint NOT NULL,
    step bigint NOT NULL,
    value double precision NOT NULL,
    nan integer NOT NULL
);
CREATE TABLE public.run_model (
    run_id text NOT NULL,
    role text NOT NULL,
    model_id text NOT NULL,
    step bigint NOT NULL,
    created_at bigint NOT NULL
);
CREATE TABLE public.run_param (
    run_id text NOT NULL,
    key text NOT NULL,
    experiment_id bigint NOT NULL,
    value text NOT NULL
);
CREATE TABLE public.run_tag (
    run_id text NOT NULL,
    key text NOT NULL,
    experiment_id bigint NOT NULL,
    value text NOT NULL
);
CREATE TABLE public.schedule (
    name text NOT NULL,
    project text,
    workflow text NOT NULL,
    input text NOT NULL,
    actor text NOT NULL,
    every_ms bigint NOT NULL,
    next_at bigint,
    last_at bigint
);
CREATE TABLE public.scorer (
    experiment_id bigint NOT NULL,
    name text NOT NULL,
    id text NOT NULL
);
CREATE TABLE public.scorer_version (
    scorer_id text NOT NULL,
    version bigint NOT NULL,
    body text NOT NULL,
    created_at bigint NOT NULL
);
CREATE TABLE public.span (
    trace_id text NOT NULL,
    id text NOT NULL,
    parent_id text,
    name text NOT NULL,
    type text NOT NULL,
    state text NOT NULL,
    started_at bigint NOT NULL,
    attributes text NOT NULL,
    body text NOT NULL
);
CREATE TABLE public.stage_cache (
    project text NOT NULL,
    stage text NOT NULL,
    key text NOT NULL,
    verdict text NOT NULL,
    reason text NOT NULL,
    evidence text NOT NULL,
    outputs text NOT NULL
);
CREATE TABLE public.stage_result (
    project text NOT NULL,
    stage text NOT NULL,
    key text,
    verdict text NOT NULL,
    reason text NOT NULL,
    evidence text NOT NULL,
    outputs text NOT NULL,
    execution_id text,
    updated_at bigint NOT NULL
);
CREATE TABLE public.step (
    execution_id text NOT NULL,
    name text NOT NULL,
    seq bigint NOT NULL,
    state text NOT NULL,
    attempt bigint NOT NULL,
    result text,
    error text,
    started_at bigint,
    ended_at bigint
);
CREATE TABLE public.token (
    id text NOT NULL,
    account_id text NOT NULL,
    name text NOT NULL,
    secret_hash text NOT NULL,
    scopes text,
    created_at bigint NOT NULL,
    expires_at bigint,
    last_used_at bigint,
    revoked_at bigint
);
CREATE TABLE public.tombstone (
    kind text NOT NULL,
    name text NOT NULL,
    project text NOT NULL,
    successor text,
    certificate text NOT NULL,
    archive_id text,
    at bigint NOT NULL
);
CREATE TABLE public.trace (
    id text NOT NULL,
    experiment_id bigint NOT NULL,
    started_at bigint NOT NULL,
    ended_at bigint,
    state text NOT NULL,
    finished integer NOT NULL,
    client_request_id text,
    request_preview text,
    response_preview text
);
CREATE TABLE public.trace_metadata (
    trace_id text NOT NULL,
    key text NOT NULL,
    value text NOT NULL
);
CREATE TABLE public.trace_run (
    run_id text NOT NULL,
    trace_id text NOT NULL
);
CREATE TABLE public.trace_tag (
    trace_id text NOT NULL,
    key text NOT NULL,
    value text NOT NULL
);
CREATE TABLE public.webhook (
    id text NOT NULL,
    project text,
    url text NOT NULL,
    events text NOT NULL,
    secret text NOT NULL,
    state text NOT NULL,
    created_at bigint NOT NULL,
    format text,
    name text,
    description text,
    updated_at bigint
);
CREATE TABLE public.webhook_delivery (
    id text NOT NULL,
    webhook_id text NOT NULL,
    event text NOT NULL,
    state text NOT NULL,
    attempts bigint NOT NULL,
    next_at bigint,
    last_status bigint,
    last_error text,
    body text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_key PRIMARY KEY (id);
ALTER TABLE ONLY public.account
    ADD CONSTRAINT account_name UNIQUE (name);
ALTER TABLE ONLY public.action
    ADD CONSTRAINT action_key PRIMARY KEY (id);
ALTER TABLE ONLY public.approval
    ADD CONSTRAINT approval_key PRIMARY KEY (id);
ALTER TABLE ONLY public.archive
    ADD CONSTRAINT archive_key PRIMARY KEY (id);
ALTER TABLE ONLY public.artifact
    ADD CONSTRAINT artifact_key PRIMARY KEY (parent, name);
ALTER TABLE ONLY public.artifact_part
    ADD CONSTRAINT artifact_part_key PRIMARY KEY (upload_id, number);
ALTER TABLE ONLY public.artifact_upload
    ADD CONSTRAINT artifact_upload_key PRIMARY KEY (id);
ALTER TABLE ONLY public.assessment
    ADD CONSTRAINT assessment_key PRIMARY KEY (trace_id, id);
ALTER TABLE ONLY public.candidate
    ADD CONSTRAINT candidate_key PRIMARY KEY (id);
ALTER TABLE ONLY public.comment
    ADD CONSTRAINT comment_key PRIMARY KEY (id);
ALTER TABLE ONLY public.dataset
    ADD CONSTRAINT dataset_key PRIMARY KEY (project, name);
ALTER TABLE ONLY public.dataset_version
    ADD CONSTRAINT dataset_version_hash UNIQUE (project, dataset, hash);
ALTER TABLE ONLY public.dataset_version
    ADD CONSTRAINT dataset_version_key PRIMARY KEY (id);
ALTER TABLE ONLY public.endpoint
    ADD CONSTRAINT endpoint_key PRIMARY KEY (name);
ALTER TABLE ONLY public.evaluation_dataset_experiment
    ADD CONSTRAINT evaluation_dataset_experiment_key PRIMARY KEY (dataset_id, experiment_id);
ALTER TABLE ONLY public.evaluation_dataset
    ADD CONSTRAINT evaluation_dataset_key PRIMARY KEY (id);
ALTER TABLE ONLY public.evaluation_dataset_tag
    ADD CONSTRAINT evaluation_dataset_tag_key PRIMARY KEY (dataset_id, key);
ALTER TABLE ONLY public.evaluation_record
    ADD CONSTRAINT evaluation_record_key PRIMARY KEY (dataset_id, id);
ALTER TABLE ONLY public.evidence
    ADD CONSTRAINT evidence_key PRIMARY KEY (id);
ALTER TABLE ONLY public.execution
    ADD CONSTRAINT execution_key PRIMARY KEY (id);
ALTER TABLE ONLY public.experiment
    ADD CONSTRAINT experiment_key PRIMARY KEY (id);
ALTER TABLE ONLY public.experiment_tag
    ADD CONSTRAINT experiment_tag_key PRIMARY KEY (experiment_id, key);
ALTER TABLE ONLY public.feature_history
    ADD CONSTRAINT feature_history_key PRIMARY KEY (project, name, from_at);
ALTER TABLE ONLY public.idempotency
    ADD CONSTRAINT idempotency_key PRIMARY KEY (key);
ALTER TABLE ONLY public.incident
    ADD CONSTRAINT incident_key PRIMARY KEY (id);
ALTER TABLE ONLY public.ledger_chain
    ADD CONSTRAINT ledger_chain_key PRIMARY KEY (chain);
ALTER TABLE ONLY public.ledger
    ADD CONSTRAINT ledger_key PRIMARY KEY (chain, seq);
ALTER TABLE ONLY public.lineage
    ADD CONSTRAINT lineage_key PRIMARY KEY (to_ref, from_ref, kind);
ALTER TABLE ONLY public.log_part
    ADD CONSTRAINT log_part_key PRIMARY KEY (id);
ALTER TABLE ONLY public.logged_dataset
    ADD CONSTRAINT logged_dataset_key PRIMARY KEY (id);
ALTER TABLE ONLY public.logged_model
    ADD CONSTRAINT logged_model_key PRIMARY KEY (id);
ALTER TABLE ONLY public.logged_model_metric
    ADD CONSTRAINT logged_model_metric_key PRIMARY KEY (model_id, key, dataset_name, dataset_digest, run_id);
ALTER TABLE ONLY public.logged_model_param
    ADD CONSTRAINT logged_model_param_key PRIMARY KEY (model_id, key);
ALTER TABLE ONLY public.logged_model_tag
    ADD CONSTRAINT logged_model_tag_key PRIMARY KEY (model_id, key);
ALTER TABLE ONLY public.meta
    ADD CONSTRAINT meta_pkey PRIMARY KEY (key);
ALTER TABLE ONLY public.model_alias
    ADD CONSTRAINT model_alias_key PRIMARY KEY (model, alias);
ALTER TABLE ONLY public.model_tag
    ADD CONSTRAINT model_tag_key PRIMARY KEY (model, key);
ALTER TABLE ONLY public.model_version
    ADD CONSTRAINT model_version_key PRIMARY KEY (id);
ALTER TABLE ONLY public.model_version
    ADD CONSTRAINT model_version_number UNIQUE (model, version);
ALTER TABLE ONLY public.model_version_tag
    ADD CONSTRAINT model_version_tag_key PRIMARY KEY (model, version, key);
ALTER TABLE ONLY public.monitor_window
    ADD CONSTRAINT monitor_window_key PRIMARY KEY (project, monitor, to_at);
ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_key PRIMARY KEY (id);
ALTER TABLE ONLY public.partition
    ADD CONSTRAINT partition_key PRIMARY KEY (project, dataset, version_hash, name);
ALTER TABLE ONLY public.plan
    ADD CONSTRAINT plan_key PRIMARY KEY (hash);
ALTER TABLE ONLY public.project_clock
    ADD CONSTRAINT project_clock_key PRIMARY KEY (project);
ALTER TABLE ONLY public.project
    ADD CONSTRAINT project_key PRIMARY KEY (name);
ALTER TABLE ONLY public.project_revision
    ADD CONSTRAINT project_revision_key PRIMARY KEY (project, hash);
ALTER TABLE ONLY public.model
    ADD CONSTRAINT registered_model_key PRIMARY KEY (name);
ALTER TABLE ONLY public.release
    ADD CONSTRAINT release_key PRIMARY KEY (hash);
ALTER TABLE ONLY public.released_blob
    ADD CONSTRAINT released_blob_key PRIMARY KEY (hash);
ALTER TABLE ONLY public.retraining
    ADD CONSTRAINT retraining_key PRIMARY KEY (id);
ALTER TABLE ONLY public.rollout
    ADD CONSTRAINT rollout_key PRIMARY KEY (id);
ALTER TABLE ONLY public.route
    ADD CONSTRAINT route_key PRIMARY KEY (endpoint, release_hash);
ALTER TABLE ONLY public.run_input
    ADD CONSTRAINT run_input_key PRIMARY KEY (run_id, dataset_id);
ALTER TABLE ONLY public.run_latest
    ADD CONSTRAINT run_latest_key PRIMARY KEY (run_id, key);
ALTER TABLE ONLY public.run_model
    ADD CONSTRAINT run_model_key PRIMARY KEY (run_id, role, model_id);
ALTER TABLE ONLY public.run_param
    ADD CONSTRAINT run_param_key PRIMARY KEY (run_id, key);
ALTER TABLE ONLY public.run_tag
    ADD CONSTRAINT run_tag_key PRIMARY KEY (run_id, key);
ALTER TABLE ONLY public.schedule
    ADD CONSTRAINT schedule_key PRIMARY KEY (name);
ALTER TABLE ONLY public.scorer
    ADD CONSTRAINT scorer_key PRIMARY KEY (experiment_id, name);
ALTER TABLE ONLY public.scorer_version
    ADD CONSTRAINT scorer_version_key PRIMARY KEY (scorer_id, version);
ALTER TABLE ONLY public.span
    ADD CONSTRAINT span_key PRIMARY KEY (trace_id, id);
ALTER TABLE ONLY public.stage_cache
    ADD CONSTRAINT stage_cache_key PRIMARY KEY (project, stage, key);
ALTER TABLE ONLY public.stage_result
    ADD CONSTRAINT stage_result_key PRIMARY KEY (project, stage);
ALTER TABLE ONLY public.step
    ADD CONSTRAINT step_key PRIMARY KEY (execution_id, name);
ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_key PRIMARY KEY (id);
ALTER TABLE ONLY public.tombstone
    ADD CONSTRAINT tombstone_key PRIMARY KEY (kind, name);
ALTER TABLE ONLY public.trace
    ADD CONSTRAINT trace_key PRIMARY KEY (id);
ALTER TABLE ONLY public.trace_metadata
    ADD CONSTRAINT trace_metadata_key PRIMARY KEY (trace_id, key);
ALTER TABLE ONLY public.trace_run
    ADD CONSTRAINT trace_run_key PRIMARY KEY (run_id, trace_id);
ALTER TABLE ONLY public.trace_tag
    ADD CONSTRAINT trace_tag_key PRIMARY KEY (trace_id, key);
ALTER TABLE ONLY public.run_metric
    ADD CONSTRAINT tracked_metric_key PRIMARY KEY (run_id, key, at, step, value, nan);
ALTER TABLE ONLY public.run
    ADD CONSTRAINT tracked_run_key PRIMARY KEY (id);
ALTER TABLE ONLY public.webhook_delivery
    ADD CONSTRAINT webhook_delivery_key PRIMARY KEY (id);
ALTER TABLE ONLY public.webhook
    ADD CONSTRAINT webhook_key PRIMARY KEY (id);
CREATE INDEX action_incident ON public.action USING btree (incident_id);
CREATE INDEX action_project ON public.action USING btree (project, kind, at);
CREATE INDEX approval_by_execution_id ON public.approval USING btree (execution_id);
CREATE INDEX approval_by_project_state ON public.approval USING btree (project, state);
CREATE INDEX artifact_blob ON public.artifact USING btree (blob_hash);
CREATE INDEX artifact_part_blob ON public.artifact_part USING btree (blob_hash);
CREATE INDEX candidate_retraining ON public.candidate USING btree (retraining_id);
CREATE INDEX comment_by_project_subject_created_at ON public.comment USING btree (project, subject, created_at);
CREATE INDEX endpoint_by_project ON public.endpoint USING btree (project);
CREATE INDEX evaluation_dataset_created ON public.evaluation_dataset USING btree (created_at, id);
CREATE INDEX evaluation_dataset_name ON public.evaluation_dataset USING btree (name);
CREATE INDEX evaluation_dataset_of ON public.evaluation_dataset_experiment USING btree (experiment_id);
CREATE INDEX evaluation_record_created ON public.evaluation_record USING btree (dataset_id, created_at, id);
CREATE UNIQUE INDEX evaluation_record_input ON public.evaluation_record USING btree (dataset_id, input_hash);
CREATE INDEX evidence_by_project_stage_created_at ON public.evidence USING btree (project, stage, created_at);
CREATE INDEX evidence_by_subject ON public.evidence USING btree (subject);
CREATE INDEX execution_by_project_created_at ON public.execution USING btree (project, created_at);
CREATE UNIQUE INDEX execution_unfinished ON public.execution USING btree (workflow, key) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text, 'waiting'::text]));
CREATE UNIQUE INDEX experiment_name ON public.experiment USING btree (name);
CREATE UNIQUE INDEX experiment_project ON public.experiment USING btree (project);
CREATE UNIQUE INDEX incident_open ON public.incident USING btree (project, cause) WHERE (state <> 'resolved'::text);
CREATE INDEX incident_project ON public.incident USING btree (project, opened_at);
CREATE INDEX lineage_by_from_ref ON public.lineage USING btree (from_ref);
CREATE INDEX log_part_id ON public.log_part USING btree (kind, id_min, id_max);
CREATE UNIQUE INDEX log_part_name ON public.log_part USING btree (endpoint, kind, name);
CREATE INDEX log_part_time ON public.log_part USING btree (project, kind, from_at);
CREATE INDEX logged_dataset_name ON public.logged_dataset USING btree (experiment_id, name, digest);
CREATE INDEX logged_model_created ON public.logged_model USING btree (experiment_id, created_at, id);
CREATE INDEX logged_model_run ON public.logged_model USING btree (source_run_id);
CREATE INDEX model_version_by_run_id ON public.model_version USING btree (run_id);
CREATE INDEX outbox_due ON public.outbox USING btree (next_at) WHERE (done_at IS NULL);
CREATE INDEX partition_by_blob_hash ON public.partition USING btree (blob_hash);
CREATE INDEX plan_by_project_created_at ON public.plan USING btree (project, created_at);
CREATE INDEX project_revision_by_project_created_at ON public.project_revision USING btree (project, created_at);
CREATE INDEX release_by_endpoint_created_at ON public.release USING btree (endpoint, created_at);
CREATE INDEX retraining_project ON public.retraining USING btree (project, at);
CREATE INDEX rollout_by_endpoint_started_at ON public.rollout USING btree (endpoint, started_at);
CREATE INDEX run_by_ended ON public.run USING btree (experiment_id, ended_at, id);
CREATE INDEX run_by_name ON public.run USING btree (experiment_id, name, id);
CREATE INDEX run_by_started ON public.run USING btree (experiment_id, started_at, id);
CREATE INDEX run_input_dataset ON public.run_input USING btree (dataset_id);
CREATE INDEX run_latest_value ON public.run_latest USING btree (experiment_id, key, nan, value, run_id);
CREATE INDEX run_model_model ON public.run_model USING btree (model_id);
CREATE INDEX run_param_value ON public.run_param USING btree (experiment_id, key, substr(value, 1, 200), run_id);
CREATE INDEX run_tag_value ON public.run_tag USING btree (experiment_id, key, substr(value, 1, 200), run_id);
CREATE INDEX schedule_by_next_at ON public.schedule USING btree (next_at);
CREATE INDEX token_by_account_id ON public.token USING btree (account_id);
CREATE INDEX trace_run_trace ON public.trace_run USING btree (trace_id);
CREATE INDEX trace_started ON public.trace USING btree (experiment_id, started_at, id);
CREATE INDEX webhook_delivery_due ON public.webhook_delivery USING btree (state, next_at);
ALTER TABLE ONLY public.step
    ADD CONSTRAINT step_execution FOREIGN KEY (execution_id) REFERENCES public.execution(id);
ALTER TABLE ONLY public.token
    ADD CONSTRAINT token_account FOREIGN KEY (account_id) REFERENCES public.account(id);
