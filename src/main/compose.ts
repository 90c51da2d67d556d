import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../engine/engine.ts';
import { createEgressPolicy, type EgressPolicy } from '../engine/egress-policy.ts';
import type { Outbox } from '../engine/outbox.ts';
import { deliverWebhooks } from '../engine/webhook/deliver-webhooks.ts';
import type { TendError } from '../kernel/error.ts';
import { type Principal, SYSTEM } from '../kernel/policy.ts';
import {
  type Access,
  ensureFirstAccount,
  openAccess,
  type SignInExchange,
} from '../lifecycle/governance/index.ts';
import { createExampleCache, type LifecycleContext } from '../lifecycle/stage-scope.ts';
import { webhookIncident } from '../lifecycle/monitoring/index.ts';
import { sweepArtifacts } from '../lifecycle/training/tracking/sweep-artifacts.ts';
import { resumeRetrainings } from '../lifecycle/retraining/index.ts';
import { findPrediction } from '../project/find-prediction.ts';
import type { LiveProjects } from '../project/live-projects.ts';
import { watchWallTime } from '../project/watch-wall-time.ts';
import { openBlobStore } from '../store/blob.ts';
import type { Database } from '../store/database.ts';
import { acquireFolderLock, type FolderLock } from '../store/lock.ts';
import { openSqlite } from '../store/open-sqlite.ts';
import { createTables } from '../table/tables.ts';
import { composeEngine } from './compose-engine.ts';
import type { Config } from './config.ts';
import type { AppContext } from './operations.ts';
import { type StatePlanes, statePlanes } from './plane-launcher.ts';
import { environmentFacts, systemClock, systemRandom, trainingThreads } from './platform.ts';
import { settleMove } from './settle-move.ts';
import { EVENT_TYPES } from './subscribers.ts';
import { VERSION } from './version.ts';
import { WEBHOOK_FORMATS } from './webhook-formats.ts';

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
  /** Deletes the bytes that no artifact has any more. */
  readonly sweepArtifacts: () => Promise<void>;
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
  const { db } = lifecycle;
  const { engine, outbox, live, actions } = composeEngine(lifecycle);
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
      deliverWebhooks({
        ...lifecycle,
        egress,
        formats: WEBHOOK_FORMATS,
        onReceiver: (report) => webhookIncident(lifecycle, report),
      }),
    watchWallTime: () => watchWallTime({ ...lifecycle, engine, actions, live }),
    sweepArtifacts: () => sweepArtifacts(lifecycle),
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
      formats: WEBHOOK_FORMATS,
      projectDir,
      settleMove: (project) => settleMove({ db, engine, outbox }, project),
      findPrediction: (id: string) => findPrediction(lifecycle, live, id),
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
