import { sqliteFileBackend } from '../../test/backends.ts';
import { describeClaims } from '../../test/claims.ts';
import { killedWorkflowClaims } from './killed-workflow-testbed.ts';

describeClaims('a workflow', killedWorkflowClaims, [sqliteFileBackend()], (backend, claim) => claim(backend));
