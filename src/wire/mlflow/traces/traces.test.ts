import { sqliteBackends } from '../../../../test/backends.ts';
import { describeClaims } from '../../../../test/claims.ts';
import { withDatabase } from '../../../../test/database-context.ts';
import { traceClaims } from './traces-testbed.ts';

describeClaims('traces', traceClaims, sqliteBackends(), withDatabase);
