import { sqliteBackends } from '../../../../test/backends.ts';
import { describeClaims } from '../../../../test/claims.ts';
import { withDatabase } from '../../../../test/database-context.ts';
import { otlpClaims } from './otlp-testbed.ts';

describeClaims('spans by OTLP', otlpClaims, sqliteBackends(), withDatabase);
