// needs: postgres
import { postgresBackend } from '../../test/backends.ts';
import { describeClaims } from '../../test/claims.ts';
import { killedWorkflowClaims } from './killed-workflow-testbed.ts';

describeClaims('a workflow', killedWorkflowClaims, [postgresBackend()], (backend, claim) => claim(backend));
