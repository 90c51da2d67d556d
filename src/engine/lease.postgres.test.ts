// needs: postgres
import { postgresBackend } from '../../test/backends.ts';
import { describeClaims } from '../../test/claims.ts';
import { withEngines } from '../../test/engine-context.ts';
import { leaseClaims } from './lease-testbed.ts';

describeClaims('leases', leaseClaims, [postgresBackend()], withEngines);
