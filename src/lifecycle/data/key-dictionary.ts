import { appendColumns } from '../../table/append-columns.ts';
import { sqlName } from '../../table/sql-name.ts';
import type { TableSession } from '../../table/tables.ts';

/** Texts of key columns as dictionary types of the engine, growing with what comes. */
export interface KeyDictionary {
  /** Takes new texts in, by column; true where there were any. */
  readonly learn: (texts: ReadonlyMap<string, Iterable<string>>) => Promise<boolean>;
  /**
   * Makes types of what is known by now; answers which generation of types they are, and
   * `column::type AS column` for each column that is coded.
   */
  readonly codes: () => Promise<readonly [generation: number, coded: readonly string[]]>;
  /** Gives up the types of a generation that nothing uses any more. */
  readonly drop: (generation: number) => Promise<void>;
}

/**
 * Distinct texts of a key that are coded at most; beyond it making the dictionary costs more than it saves.
 */
const CODED_LEVELS_MAX = 65_536;

/** Opens the dictionary of some columns with the texts that a relation has. */
export async function openDictionary(
  session: TableSession,
  columns: readonly string[],
  relation: string,
): Promise<KeyDictionary> {
  const levels = new Map<string, Set<string>>();
  await session.run('CREATE TABLE tend_levels (key INTEGER, level VARCHAR)');
  for (const [place, name] of columns.entries()) {
    const column = sqlName(name);
    await session.run(
      `INSERT INTO tend_levels SELECT ${place}, level FROM
         (SELECT DISTINCT ${column}::VARCHAR AS level FROM ${relation} WHERE ${column} IS NOT NULL)`,
    );
    const found = await session.rows(`SELECT level FROM tend_levels WHERE key = ${place}`);
    levels.set(name, new Set(found.map((row) => String(row.level))));
  }
  let generation = 0;
  const typeName = (place: number, of: number): string => `tend_key_${place}_${of}`;
  return {
    learn: async (texts) => {
      const learnt: { readonly place: number; readonly level: string }[] = [];
      for (const [place, name] of columns.entries()) {
        const known = levels.get(name) as Set<string>;
        for (const level of new Set(texts.get(name) ?? [])) {
          if (known.has(level)) continue;
          known.add(level);
          learnt.push({ place, level });
        }
      }
      if (learnt.length === 0) return false;
      await appendColumns(session, 'tend_learnt', [
        { name: 'key', kind: 'number', values: learnt.map(({ place }) => place) },
        { name: 'level', kind: 'text', values: learnt.map(({ level }) => level) },
      ]);
      await session.run('INSERT INTO tend_levels SELECT key::INTEGER, level FROM tend_learnt');
      return true;
    },
    codes: async () => {
      generation++;
      const coded: string[] = [];
      for (const [place, name] of columns.entries()) {
        const { size } = levels.get(name) as Set<string>;
        if (size === 0) continue;
        if (size > CODED_LEVELS_MAX) {
          // It may have been coded while there were fewer.
          coded.push(`${sqlName(name)}::VARCHAR AS ${sqlName(name)}`);
          continue;
        }
        const type = typeName(place, generation);
        const ordered = `SELECT level FROM tend_levels WHERE key = ${place} ORDER BY 1`;
        await session.run(`CREATE TYPE ${type} AS ENUM (${ordered})`);
        coded.push(`${sqlName(name)}::VARCHAR::${type} AS ${sqlName(name)}`);
      }
      return [generation, coded];
    },
    drop: async (old) => {
      for (const place of columns.keys()) {
        await session.run(`DROP TYPE IF EXISTS ${typeName(place, old)}`);
      }
    },
  };
}
