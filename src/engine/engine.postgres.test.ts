// needs: postgres
import { postgresBackend } from '../../test/backends.ts';
import { describeClaims } from '../../test/claims.ts';
import { withEngines } from '../../test/engine-context.ts';
import { engineClaims } from './engine-testbed.ts';

describeClaims('an engine', engineClaims, [postgresBackend()], withEngines);
