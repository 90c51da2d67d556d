import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualTime } from '../../../../test/manual-time.ts';
import { systemPorts } from '../../../../test/ports.ts';
import type { Principal } from '../../../kernel/policy.ts';
import { build } from '../../../store/build.ts';
import type { Database } from '../../../store/database.ts';
import { jsonText } from '../../../store/json-text.ts';
import { openSqlite } from '../../../store/open-sqlite.ts';
import type { Finding } from './finding.ts';

export const PROJECT = { name: 'flights', owner: 'ops@airline.example' };
export const ENDPOINT = 'flight-delay';
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
/** Where the project clock of a bed stands. */
export const START = Date.UTC(2001, 1, 10);
export const ADA: Principal = { kind: 'account', id: 'acc_ada', name: 'ada', roles: ['editor'] };

/** A release as the tables know it: 64 hexadecimal digits. */
export function releaseHash(version: number): string {
  return String(version).repeat(64);
}

/** A project with an endpoint at which version 2 answers and version 1 is kept warm, in memory. */
export interface IncidentBed extends AsyncDisposable {
  readonly db: Database;
  readonly time: ManualTime;
  readonly stateDir: string;
  /** What the use cases take. */
  readonly ctx: {
    readonly db: Database;
    readonly clock: ManualTime['clock'];
    readonly random: typeof systemPorts.random;
    readonly stateDir: string;
    readonly principal: Principal;
  };
  /** Moves the project clock. */
  readonly moveTo: (at: number) => Promise<void>;
  readonly setDocument: (parts: object) => Promise<void>;
  /** Actions of the ledger, in order; those of evidence left out. */
  readonly ledger: () => Promise<string[]>;
  /** Types of the events that were written, in order. */
  readonly events: () => Promise<string[]>;
}

export async function incidentBed(parts: object = {}): Promise<IncidentBed> {
  const time = new ManualTime();
  const stateDir = mkdtempSync(join(tmpdir(), 'tend-incidents-'));
  const db = await openSqlite({ path: ':memory:', clock: time.clock });
  const now = time.clock.now();
  await db.commit({
    statements: [
      {
        query: build.insertInto('project').values({
          ...PROJECT,
          kind: 'classification',
          statement: '',
          spec_hash: '',
          document: documentText(parts),
          created_at: now,
          updated_at: now,
        }),
      },
      { query: build.insertInto('project_clock').values({ project: PROJECT.name, at: START }) },
      {
        query: build
          .insertInto('endpoint')
          .values({ name: ENDPOINT, project: PROJECT.name, generation: 1, state: 'serving', body: null }),
      },
      ...[1, 2].flatMap((version) => [
        {
          query: build.insertInto('release').values({
            hash: releaseHash(version),
            endpoint: ENDPOINT,
            version: String(version),
            manifest: '{}',
            created_at: now,
          }),
        },
        {
          query: build.insertInto('route').values({
            endpoint: ENDPOINT,
            release_hash: releaseHash(version),
            weight: version - 1,
            role: version === 2 ? ('stable' as const) : ('warm' as const),
          }),
        },
      ]),
    ],
  });
  return {
    db,
    time,
    stateDir,
    ctx: { db, clock: time.clock, random: systemPorts.random, stateDir, principal: ADA },
    moveTo: (at) => db.commit({ statements: [{ query: build.updateTable('project_clock').set({ at }) }] }),
    setDocument: (next) =>
      db.commit({
        statements: [{ query: build.updateTable('project').set({ document: documentText(next) }) }],
      }),
    ledger: async () => {
      const rows = await db.query.selectFrom('ledger').select('action').orderBy('seq').execute();
      return rows.map(({ action }) => action).filter((action) => action !== 'evidence.recorded');
    },
    events: async () => {
      const rows = await db.query.selectFrom('outbox').select(['type', 'id']).orderBy('id').execute();
      return rows.map(({ type }) => type);
    },
    [Symbol.asyncDispose]: async () => {
      await db.close();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

function documentText(parts: object): string {
  const document = { name: PROJECT.name, owner: PROJECT.owner, deployment: { endpoint: ENDPOINT }, ...parts };
  return jsonText(JSON.parse(JSON.stringify(document)));
}

/** A finding of a criterion that fails, an hour after the start unless said otherwise. */
export function finding(change: Partial<Finding> = {}): Finding {
  return {
    project: PROJECT.name,
    cause: 'criterion:still-good',
    holds: false,
    at: START + HOUR,
    severity: 'critical',
    title: 'roc_auc 0.64, at least 0.66',
    whatToDo: 'Look at the slices.',
    evidence: [],
    release: null,
    ...change,
  };
}
