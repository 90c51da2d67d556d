// needs: postgres
import { postgresBackend } from '../../../../test/backends.ts';
import { describeClaims } from '../../../../test/claims.ts';
import { withDatabase } from '../../../../test/database-context.ts';
import { webhookClaims } from './webhooks-testbed.ts';

describeClaims('webhooks', webhookClaims, [postgresBackend()], withDatabase);
