import type { Clock, Random } from '../kernel/clock.ts';
import type { Json, JsonObject } from '../kernel/json.ts';
import type { Stage, Verdict } from '../kernel/verdict.ts';
import type { WorkflowContext } from '../engine/workflow.ts';
import type { RunningPlane } from '../serve/plane-client.ts';
import type { BlobStore } from '../store/blob.ts';
import type { Database, Statement } from '../store/database.ts';
import { type EvidenceDraft, evidenceRecord } from '../store/evidence.ts';
import type { Tables } from '../table/tables.ts';

/** Keeps examples in memory while stage after stage, and model after model, asks for them. */
export interface ExampleCache {
  /** Examples of one model, divided into parts. */
  readonly load: <T>(key: string, load: () => Promise<T>) => Promise<T>;
  /** Examples of which several models take their windows. */
  readonly loadAll: <T>(key: string, load: () => Promise<T>) => Promise<T>;
  /** The earliest event time that a model asks for, where it is known that there will be several. */
  readonly from?: number;
  /** Scores of examples by the release that gave them, for as long as somebody holds the examples. */
  readonly scores: WeakMap<object, Map<string, Promise<Float64Array>>>;
  readonly clear: () => void;
}

/**
 * A cache of the examples loaded last and of their parts for the last `models` models. Parts are views of
 * what was loaded where rows lie in the order of time, so they take little beside it (100 MB a month).
 */
export function createExampleCache({
  models = 1,
  from,
}: {
  readonly models?: number;
  readonly from?: number;
} = {}): ExampleCache {
  const parts = lastLoaded(models);
  const all = lastLoaded(1);
  return {
    ...(from === undefined ? {} : { from }),
    scores: new WeakMap(),
    load: parts.load,
    loadAll: all.load,
    clear: () => {
      parts.clear();
      all.clear();
    },
  };
}

/** The values of the last `count` keys; one that failed to load is not kept. */
function lastLoaded(count: number): Pick<ExampleCache, 'load' | 'clear'> {
  const kept = new Map<string, Promise<unknown>>();
  return {
    load: <T>(key: string, load: () => Promise<T>): Promise<T> => {
      const found = kept.get(key);
      if (found !== undefined) return found as Promise<T>;
      const value = load();
      for (const old of [...kept.keys()].slice(0, Math.max(0, kept.size + 1 - count))) kept.delete(old);
      kept.set(key, value);
      value.catch(() => {
        if (kept.get(key) === value) kept.delete(key);
      });
      return value;
    },
    clear: () => kept.clear(),
  };
}

/**
 * Starts serving processes for a state folder of their own; composed in `main`, which knows the program's
 * entry.
 */
export interface PlaneLauncher {
  /** A plane that ends with this process, on a free port: for testing a candidate. */
  readonly launchTemporary: (stateDir: string) => Promise<RunningPlane>;
  /** The plane of the state folder: the living one, or a new one. */
  readonly ensure: (workers: number) => Promise<RunningPlane>;
  /** The living plane of the state folder, if there is one. */
  readonly living: () => Promise<RunningPlane | null>;
}

/** What every stage may use. Composed once in `main`. */
export interface LifecycleContext {
  readonly db: Database;
  readonly blobs: BlobStore;
  /** One thread, so that recorded figures are repeatable to the last digit. */
  readonly tables: Tables;
  readonly clock: Clock;
  readonly random: Random;
  /** The state folder; serving files and scratch files live below it. */
  readonly stateDir: string;
  readonly planes: PlaneLauncher;
  /** What the run records of the machine and its software; read once in `main`. */
  readonly environment: JsonObject;
  /** Workers for training, at most. */
  readonly threads: number;
  /** The examples in memory: training, evaluation and testing of one model read the same. */
  readonly examples: ExampleCache;
  /** Tend's own version: a part of every cache key, so that an upgrade re-runs what it may change. */
  readonly version: string;
}

/** One project being carried out by one execution. */
export interface StageScope extends LifecycleContext {
  readonly project: string;
  /** Folder of tend.yaml: relative sources start here. */
  readonly projectDir: string;
  /** Text of the files that tend.yaml names, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** The project clock, milliseconds UTC; undefined without a replay: everything has arrived. */
  readonly projectClock: number | undefined;
  readonly workflow: WorkflowContext;
}

/** What the cache key of a stage may look at: everything but the execution that carries it out. */
export type KeyScope = Omit<StageScope, 'workflow'>;

/** What a stage hands on: its verdict with the reason in words, its evidence, and what later stages need. */
export interface StageResult<Outputs extends object = JsonObject> {
  readonly verdict: Extract<Verdict, 'pass' | 'fail' | 'waiting' | 'skipped'>;
  readonly reason: string;
  readonly evidence: readonly string[];
  readonly outputs: Outputs;
}

/** What a step has to show; the step adds project, stage and execution. */
export type StageEvidence = Omit<EvidenceDraft, 'project' | 'stage' | 'executionId'>;

/** What the work inside a step yields: its memoised result, what it proved, and its rows. */
export interface EvidencedOutcome<R> {
  readonly result: R;
  readonly evidence: readonly StageEvidence[];
  readonly statements?: readonly Statement[];
}

/** A memoised result together with the ids of its evidence. */
export interface Evidenced<R> {
  readonly result: R;
  readonly evidence: readonly string[];
}

/**
 * A durable step that leaves evidence: result, evidence rows, ledger entries and the stage's own rows commit
 * as one unit. Carried out once; later calls return what was stored.
 */
export async function evidencedStep<R extends Json | object>(
  scope: StageScope,
  stage: Stage,
  name: string,
  work: () => Promise<EvidencedOutcome<R>>,
): Promise<Evidenced<R>> {
  const stored = await scope.workflow.step(`${stage}.${name}`, async () => {
    const { result, evidence, statements } = await work();
    const records = evidence.map((draft) =>
      evidenceRecord(
        { ...draft, project: scope.project, stage, executionId: scope.workflow.executionId },
        { clock: scope.clock, random: scope.random },
      ),
    );
    return {
      result: { result, evidence: records.map((record) => record.evidence.id) } as unknown as Json,
      statements: [...records.flatMap((record) => record.statements), ...(statements ?? [])],
      ledger: records.flatMap((record) => record.ledger),
    };
  });
  return stored as unknown as Evidenced<R>;
}
