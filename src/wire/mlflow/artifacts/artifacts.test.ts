import { sqliteBackends } from '../../../../test/backends.ts';
import { describeClaims } from '../../../../test/claims.ts';
import { withDatabase } from '../../../../test/database-context.ts';
import { artifactClaims } from './artifact-testbed.ts';

describeClaims('artifacts', artifactClaims, sqliteBackends(), withDatabase);
