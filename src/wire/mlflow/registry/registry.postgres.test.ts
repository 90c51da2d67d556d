// needs: postgres
import { postgresBackend } from '../../../../test/backends.ts';
import { describeClaims } from '../../../../test/claims.ts';
import { withDatabase } from '../../../../test/database-context.ts';
import { registryEdgeClaims } from './registry-edges-testbed.ts';
import { registryClaims } from './registry-testbed.ts';

describeClaims('registry', { ...registryClaims, ...registryEdgeClaims }, [postgresBackend()], withDatabase);
