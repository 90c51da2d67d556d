import { sqliteBackends } from '../../../../test/backends.ts';
import { describeClaims } from '../../../../test/claims.ts';
import { withDatabase } from '../../../../test/database-context.ts';
import { trackingClaims } from './tracking-testbed.ts';

describeClaims('tracking', trackingClaims, sqliteBackends(), withDatabase);
