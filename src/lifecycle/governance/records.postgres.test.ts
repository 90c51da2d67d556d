// needs: postgres
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startPostgres, type TestPostgres } from '../../../test/postgres.ts';
import { openPostgres } from '../../store/open-postgres.ts';
import { LOCAL } from './access.ts';
import { modelCard } from './card/model-card.ts';
import { readCardFacts } from './card/read-card-facts.ts';
import { createComment, listComments } from './comments/comments.ts';
import { dataSheet } from './data-sheet/data-sheet.ts';
import { readSheetFacts } from './data-sheet/read-sheet-facts.ts';
import { renderDocument } from './document/render-document.ts';
import { openGovernanceBed, setClock, testRandom } from './governance-testbed.ts';
import { recordVersion, RELEASE } from './record-testbed.ts';
import { tracePrediction } from './trace/trace-prediction.ts';

describe('what is read from records', () => {
  let server: TestPostgres;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server[Symbol.asyncDispose]());

  it('is the same on PostgreSQL as on SQLite', async () => {
    const clock = setClock();
    const db = await openPostgres({ url: await server.createDatabase(), clock });
    await using bed = await openGovernanceBed();
    try {
      await recordVersion(db, clock);
      await recordVersion(bed.db, bed.clock);
      // Ids are drawn at random; everything else is the same.
      const plain = (text: string): string => text.replaceAll(/evd_[0-9a-z]+|[0-9a-f]{64}/g, 'id');
      const documents = async (on: typeof db): Promise<string[]> => [
        renderDocument(modelCard(await readCardFacts(on, { model: 'flights' })), 'md'),
        renderDocument(dataSheet(await readSheetFacts(on, { dataset: 'flights' })), 'md'),
      ];
      const [ours, theirs] = [await documents(db), await documents(bed.db)];
      assert.deepEqual(ours.map(plain), theirs.map(plain));
      const record = {
        id: 'prd_1',
        key: null,
        at: 1,
        t: 1,
        endpoint: 'flights',
        release: RELEASE,
        version: '1',
      };
      const answered = { fields: {}, features: {}, prediction: 0.1, latencyUs: 1, error: false };
      const logged = {
        record: { ...record, ...answered },
        project: 'flights',
        place: { kind: 'segment' as const, file: 'f' },
        outcome: null,
      };
      const traced = async (on: typeof db) => {
        const { evidence, data, approvals } = await tracePrediction(
          { db: on, findPrediction: async () => logged },
          'prd_1',
        );
        return { kinds: evidence.map(({ kind }) => kind), data, approvals };
      };
      assert.deepEqual(await traced(db), await traced(bed.db));
      const ctx = { db, clock, random: testRandom, principal: LOCAL };
      const made = await createComment(ctx, { subject: 'flights', text: 'said' });
      assert.deepEqual((await listComments(ctx, { limit: 5, subject: 'flights' })).items, [made]);
    } finally {
      await db.close();
    }
  });
});
