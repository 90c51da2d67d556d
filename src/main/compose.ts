import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createEngine, type Engine } from '../engine/engine.ts';
import { createEgressPolicy, type EgressPolicy } from '../engine/egress-policy.ts';
import { createOutbox, type Outbox } from '../engine/outbox.ts';
import { timerScheduler } from '../engine/scheduler.ts';
import { deliverWebhooks } from '../engine/webhook/deliver-webhooks.ts';
import { webhookOperations } from '../engine/webhook/operations.ts';
import type { WebhookContext } from '../engine/webhook/webhook-context.ts';
import type { TendError } from '../kernel/error.ts';
import type { AnyOperation } from '../kernel/operation.ts';
import { type Principal, SYSTEM } from '../kernel/policy.ts';
import {
  type DecommissioningContext,
  decommissioningOperations,
} from '../lifecycle/decommissioning/operations.ts';
import { type DeploymentContext, deploymentOperations } from '../lifecycle/deployment/operations.ts';
import {
  type Access,
  commentOperations,
  documentOperations,
  ensureFirstAccount,
  type GovernanceContext,
  governanceOperations,
  openAccess,
  type SignInExchange,
  type TraceContext,
  traceOperations,
} from '../lifecycle/governance/index.ts';
import { createExampleCache, type LifecycleContext } from '../lifecycle/stage-scope.ts';
import { type ActionPorts, findPrediction, webhookIncident } from '../lifecycle/monitoring/index.ts';
import { monitorOperations } from '../lifecycle/monitoring/book/operations.ts';
import { incidentOperations } from '../lifecycle/monitoring/incidents/operations.ts';
import { resumeRetrainings } from '../lifecycle/retraining/index.ts';
import { type RetrainingContext, retrainingOperations } from '../lifecycle/retraining/operations.ts';
import { trainingOperations } from '../lifecycle/training/operations.ts';
import { applyWorkflow } from '../project/apply-workflow.ts';
import { exitWorkflow } from '../project/exit-workflow.ts';
import { createLiveProjects, type LiveProjects } from '../project/live-projects.ts';
import { liveOperations } from '../project/live-operations.ts';
import { projectOperations } from '../project/operations.ts';
import type { ProjectContext } from '../project/project-context.ts';
import { retrainEffectWorkflow } from '../project/retrain-effect.ts';
import { retrainWorkflow } from '../project/retrain-workflow.ts';
import { watchWallTime } from '../project/watch-wall-time.ts';
import { openBlobStore } from '../store/blob.ts';
import type { Database } from '../store/database.ts';
import { acquireFolderLock, type FolderLock } from '../store/lock.ts';
import { openSqlite } from '../store/open-sqlite.ts';
import { createTables } from '../table/tables.ts';
import type { Config } from './config.ts';
import { type StatePlanes, statePlanes } from './plane-launcher.ts';
import { environmentFacts, systemClock, systemRandom, trainingThreads } from './platform.ts';
import { endpointActions } from './endpoint-actions.ts';
import { exitPorts } from './exit-ports.ts';
import { retrainPorts } from './retrain-ports.ts';
import { settleMove } from './settle-move.ts';
import { EVENT_TYPES, subscribers } from './subscribers.ts';
import { VERSION } from './version.ts';

/** What every operation is given: each takes the part that it names. */
export type AppContext = ProjectContext &
  GovernanceContext &
  DeploymentContext &
  RetrainingContext &
  DecommissioningContext &
  TraceContext &
  WebhookContext;

/** Every operation there is. */
export const operations: readonly AnyOperation<AppContext>[] = [
  ...projectOperations,
  ...trainingOperations,
  ...deploymentOperations,
  ...liveOperations,
  ...monitorOperations,
  ...incidentOperations,
  ...retrainingOperations,
  ...governanceOperations,
  ...commentOperations,
  ...documentOperations,
  ...traceOperations,
  ...decommissioningOperations,
  ...webhookOperations,
];

/** Tend on one state folder, put together. */
export interface App extends AsyncDisposable {
  readonly db: Database;
  readonly engine: Engine;
  readonly outbox: Outbox;
  readonly access: Access;
  readonly planes: StatePlanes;
  readonly lock: FolderLock;
  readonly stateDir: string;
  readonly live: LiveProjects;
  /** Sends what webhooks are due. */
  readonly deliverWebhooks: () => Promise<void>;
  /** Lets the clocks of projects on wall time go on. */
  readonly watchWallTime: () => Promise<void>;
  /** Starts retrainings that were decided and not begun. */
  readonly resumeRetrainings: () => Promise<void>;
  readonly context: (principal: Principal, exchange?: SignInExchange) => AppContext;
}

/** How this process differs from others that work on the same folder. */
export interface ComposeOptions {
  /** True for a server: its data plane listens where clients look for it and outlives a kill. */
  readonly lasting: boolean;
  /** Called after an I/O error in the database, when the process should end. */
  readonly onFatal: (error: TendError) => void;
  /** For tests that watch or break the database from outside. */
  readonly decorateDatabase?: (db: Database) => Database;
}

/**
 * The only place where parts meet. Takes the state folder for this process alone.
 * @throws FOLDER_OWNED, STATE_READ_ONLY, STATE_UNREADABLE, UNAVAILABLE (PostgreSQL)
 */
export async function compose(config: Config, options: ComposeOptions): Promise<App> {
  const { stateDir, projectDir } = config;
  const lock = acquireFolderLock(stateDir, { pid: process.pid });
  try {
    const opened = await openDatabase(config, options);
    const db = options.decorateDatabase?.(opened) ?? opened;
    const planes = statePlanes({
      stateDir,
      host: config.host,
      port: config.servePort,
      lasting: options.lasting,
    });
    const blobs = openBlobStore(join(stateDir, 'blobs'));
    await blobs.discardUnfinished();
    const tempDir = join(stateDir, 'scratch');
    mkdirSync(tempDir, { recursive: true, mode: 0o700 });
    const lifecycle: LifecycleContext = {
      db,
      blobs,
      planes,
      stateDir,
      clock: systemClock,
      random: systemRandom,
      version: VERSION,
      tables: createTables({ tempDir, folders: [stateDir] }),
      environment: environmentFacts(),
      threads: trainingThreads(),
      examples: createExampleCache(),
    };
    const access = openAccess(lifecycle);
    if (config.adminUser !== undefined && config.adminPassword !== undefined) {
      await ensureFirstAccount(
        { ...lifecycle, access, principal: SYSTEM },
        {
          name: config.adminUser,
          password: config.adminPassword,
        },
      );
    }
    const egress = createEgressPolicy({ allow: config.egressAllow });
    return assemble({ lifecycle, access, planes, lock, egress, projectDir, stateDir });
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

async function openDatabase(config: Config, options: ComposeOptions): Promise<Database> {
  const { databaseUrl } = config;
  if (databaseUrl !== undefined) {
    const { openPostgres } = await import('../store/open-postgres.ts');
    return openPostgres({ url: databaseUrl, clock: systemClock });
  }
  return openSqlite({ path: join(config.stateDir, 'tend.db'), clock: systemClock, onFatal: options.onFatal });
}

function assemble(parts: {
  readonly lifecycle: LifecycleContext;
  readonly access: Access;
  readonly planes: StatePlanes;
  readonly lock: FolderLock;
  readonly egress: EgressPolicy;
  readonly projectDir: string;
  readonly stateDir: string;
}): App {
  const { lifecycle, access, planes, lock, egress, projectDir, stateDir } = parts;
  const { db, clock, random } = lifecycle;
  const live = createLiveProjects(lifecycle);
  const actions: ActionPorts = endpointActions(() => ({ ...lifecycle, engine }));
  const outbox = createOutbox({
    db,
    clock,
    subscribers: subscribers(() => ({ ...lifecycle, engine, actions })),
  });
  const ports = retrainPorts(lifecycle, live);
  const engine: Engine = createEngine({
    db,
    clock,
    random,
    scheduler: timerScheduler,
    soleWorker: true,
    workflows: [
      applyWorkflow(lifecycle),
      retrainWorkflow(lifecycle, ports),
      retrainEffectWorkflow(lifecycle, ports),
      exitWorkflow(lifecycle, exitPorts(lifecycle)),
    ],
    onEvents: () => void outbox.deliver().catch(() => undefined),
  });
  return {
    db,
    engine,
    outbox,
    access,
    planes,
    lock,
    stateDir,
    live,
    deliverWebhooks: () =>
      deliverWebhooks({ ...lifecycle, egress, onReceiver: (report) => webhookIncident(lifecycle, report) }),
    watchWallTime: () => watchWallTime({ ...lifecycle, engine, actions, live }),
    resumeRetrainings: () => resumeRetrainings({ ...lifecycle, engine }),
    context: (principal, exchange) => ({
      ...lifecycle,
      principal,
      engine,
      access,
      live,
      actions,
      egress,
      eventTypes: EVENT_TYPES,
      projectDir,
      settleMove: (project) => settleMove({ db, engine, outbox }, project),
      findPrediction: (id: string) => findPrediction(lifecycle, id),
      dataPlaneUrl: async () => (await planes.living())?.url ?? null,
      signInNeeded: access.signInNeeded,
      ...(exchange === undefined ? {} : { exchange }),
    }),
    [Symbol.asyncDispose]: async () => {
      await engine.close();
      await outbox.deliver().catch(() => undefined);
      await live[Symbol.asyncDispose]();
      await planes.stopOwn();
      await db.close();
      lock[Symbol.dispose]();
    },
  };
}
