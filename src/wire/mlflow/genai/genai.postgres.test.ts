// needs: postgres
import { postgresBackend } from '../../../../test/backends.ts';
import { describeClaims } from '../../../../test/claims.ts';
import { withDatabase } from '../../../../test/database-context.ts';
import { genaiClaims } from './genai-testbed.ts';

describeClaims('evaluation data and scorers', genaiClaims, [postgresBackend()], withDatabase);
