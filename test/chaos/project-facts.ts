import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

type Row = Readonly<Record<string, string | number | null>>;

/** What a state folder holds once its process is dead: what was finished, and what came of it. */
export interface ProjectFacts {
  /** Hash of each piece of evidence, by id. */
  readonly evidence: ReadonlyMap<string, string>;
  /** Stored result of each finished step, by execution and name. */
  readonly finished: ReadonlyMap<string, string>;
  /** What must not depend on what happened on the way. */
  readonly outcome: {
    readonly verdicts: readonly string[];
    readonly datasets: readonly string[];
    readonly models: readonly string[];
    readonly releases: readonly string[];
    readonly routes: readonly string[];
    /** Stage, kind, subject and verdict of every piece: a repeated step would leave one more. */
    readonly evidence: readonly string[];
    /**
     * Actions of the ledger on stages; killed at its very end, a project is asked to be carried out once
     * more.
     */
    readonly ledger: readonly string[];
  };
}

/** Reads the database of a state folder that nobody owns. */
export function projectFacts(stateDir: string): ProjectFacts {
  const db = new DatabaseSync(join(stateDir, 'tend.db'), { readOnly: true });
  const rows = (sql: string): Row[] => db.prepare(sql).all() as Row[];
  const lines = (sql: string): string[] =>
    rows(sql)
      .map((row) => Object.values(row).join(' '))
      .sort();
  try {
    return {
      evidence: new Map(
        rows('select id, hash from evidence').map((row) => [String(row['id']), String(row['hash'])]),
      ),
      finished: new Map(
        rows("select execution_id || ' ' || name as step, result from step where state = 'done'").map(
          (row) => [String(row['step']), String(row['result'])],
        ),
      ),
      outcome: {
        verdicts: lines('select stage, verdict from stage_result'),
        datasets: lines('select dataset, hash from dataset_version'),
        models: lines('select model, version, blob_hash from model_version'),
        releases: lines('select version, hash from "release"'),
        routes: lines('select endpoint, release_hash, weight, role from route'),
        evidence: lines('select stage, kind, subject, verdict from evidence'),
        ledger: lines("select distinct action, subject from ledger where action like 'stage.%'"),
      },
    };
  } finally {
    db.close();
  }
}
