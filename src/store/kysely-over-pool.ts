import {
  type CompiledQuery,
  type DatabaseConnection,
  Kysely,
  PostgresDialect,
  PostgresDriver,
  type QueryResult,
} from 'kysely';
import type { Pool } from 'pg';
import { postgresError } from './postgres-error.ts';
import type { Tables } from './tables/tables.ts';

/** Kysely over a pool, with errors of the catalogue. Destroying it ends the pool. */
export function kyselyOverPool(pool: Pool): Kysely<Tables> {
  const dialect = new PostgresDialect({ pool });
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => dialect.createAdapter(),
      createIntrospector: (db) => dialect.createIntrospector(db),
      createQueryCompiler: () => dialect.createQueryCompiler(),
      createDriver: () => new CodedDriver({ pool }),
    },
  });
}

class CodedDriver extends PostgresDriver {
  override async acquireConnection(): Promise<DatabaseConnection> {
    try {
      return new CodedConnection(await super.acquireConnection());
    } catch (error) {
      throw postgresError(error);
    }
  }

  override async releaseConnection(connection: DatabaseConnection): Promise<void> {
    const inner = connection instanceof CodedConnection ? connection.inner : connection;
    await super.releaseConnection(inner as Parameters<PostgresDriver['releaseConnection']>[0]);
  }
}

class CodedConnection implements DatabaseConnection {
  readonly inner: DatabaseConnection;

  constructor(inner: DatabaseConnection) {
    this.inner = inner;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    try {
      return await this.inner.executeQuery<R>(query);
    } catch (error) {
      throw postgresError(error);
    }
  }

  streamQuery(): never {
    throw new Error('read in pages, not in streams');
  }
}
