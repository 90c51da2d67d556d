// needs: postgres
import { postgresBackend } from '../../test/backends.ts';
import { describeClaims } from '../../test/claims.ts';
import { withEngines } from '../../test/engine-context.ts';
import { outboxClaims } from './outbox-testbed.ts';

describeClaims('the outbox', outboxClaims, [postgresBackend()], withEngines);
