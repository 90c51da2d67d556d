// needs: postgres
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemPorts } from '../../test/ports.ts';
import { startPostgres } from '../../test/postgres.ts';
import { openPostgres } from './open-postgres.ts';
import { compareSchema } from './schema-testbed.ts';

/** Settings and comments differ from one version of pg_dump to the next. */
const NOISE = /^(--|SET |SELECT pg_catalog|\\(un)?restrict )/;

test('the committed PostgreSQL schema is what the migrations make', async () => {
  await using server = await startPostgres();
  const url = await server.createDatabase();
  await (await openPostgres({ url, clock: systemPorts.clock })).close();
  await (await openPostgres({ url, clock: systemPorts.clock })).close();
  const args = ['--schema-only', '--no-owner', '--no-privileges', url];
  const dump = execFileSync(join(server.binDir, 'pg_dump'), args, { encoding: 'utf8' });
  const lines = dump.split('\n').filter((line) => line !== '' && !NOISE.test(line));
  compareSchema('schema.postgres.sql', `${lines.join('\n')}\n`);
});
