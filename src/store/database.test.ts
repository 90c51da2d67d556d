import { sqliteBackends, sqliteFileBackend } from '../../test/backends.ts';
import { describeClaims } from '../../test/claims.ts';
import { withDatabase } from '../../test/database-context.ts';
import { databaseClaims, keptDatabaseClaims } from './database-testbed.ts';

describeClaims('a database', databaseClaims, sqliteBackends(), withDatabase);
describeClaims(
  'a database that outlives its process',
  keptDatabaseClaims,
  [sqliteFileBackend()],
  withDatabase,
);
