import assert from 'node:assert/strict';
import type { Claims } from '../../../../test/claims.ts';
import type { DatabaseContext } from '../../../../test/database-context.ts';
import type { MlflowBed } from '../mlflow-testbed.ts';
import { ok, refusal, withBed } from '../registry/registry-bed-testbed.ts';

const CREATED = { entity: 'REGISTERED_MODEL', action: 'CREATED' };
const HOOK = { name: 'hook', url: 'http://127.0.0.1:9/hook', events: [CREATED] };

const make = (bed: MlflowBed, input: object = {}) => ok(bed.call('POST', 'webhooks', { ...HOOK, ...input }));

/** Webhooks as MLflow's clients manage them, on any database. */
export const webhookClaims: Claims<DatabaseContext> = {
  'a webhook is made, listed by pages, changed and deleted, and its secret is never shown': withBed(
    async (bed) => {
      const ids: string[] = [];
      for (const name of ['a', 'b', 'c']) {
        const { webhook } = await make(bed, { name, secret: 'hidden', description: 'd' });
        assert.deepEqual(
          [webhook.name, webhook.status, webhook.events, webhook.description],
          [name, 'ACTIVE', [CREATED], 'd'],
        );
        ids.push(webhook.webhook_id);
      }
      const first = await bed.call('GET', 'webhooks', { max_results: 2 });
      assert.equal(first.text.includes('hidden'), false);
      const rest = await ok(
        bed.call('GET', 'webhooks', { max_results: 2, page_token: first.json.next_page_token }),
      );
      assert.deepEqual(
        [first.json.webhooks.length, rest.webhooks.length, rest.next_page_token],
        [2, 1, undefined],
      );
      const one = `webhooks/${ids[0]}`;
      const change = { status: 'DISABLED', events: [{ entity: 5, action: 1 }], description: '' };
      const { webhook: changed } = await ok(bed.call('PATCH', one, change));
      assert.deepEqual(
        [changed.name, changed.status, changed.events, changed.url],
        ['a', 'DISABLED', [{ entity: 'PROMPT', action: 'CREATED' }], HOOK.url],
      );
      await ok(bed.call('DELETE', one));
      for (const reply of [
        bed.call('GET', one),
        bed.call('PATCH', one, { name: 'x' }),
        bed.call('DELETE', one),
        bed.call('POST', `${one}/test`),
      ])
        assert.equal(await refusal(reply), '404 RESOURCE_DOES_NOT_EXIST');
    },
  ),

  // CVE-2026-2393: a webhook led the server inside.
  'a receiver that could never be called, and an event that is none, are refused': withBed(async (bed) => {
    const { webhook } = await make(bed);
    for (const input of [
      { name: undefined },
      { name: 'a b' },
      { name: 'x'.repeat(64) },
      { name: '-' },
      { url: undefined },
      { url: '' },
      { url: 'file:///etc/passwd' },
      { url: 'gopher://x/' },
      { url: 'http://169.254.169.254/latest' },
      { url: 'https://10.0.0.1/' },
      { url: `http://127.0.0.1:9/${'x'.repeat(2_000)}` },
      { events: [] },
      { events: [{ entity: 'REGISTERED_MODEL', action: 'DELETED' }] },
      { events: [{ entity: 'BUDGET_POLICY', action: 'EXCEEDED' }] },
      { events: [{ entity: 'NOTHING', action: 'CREATED' }] },
      { events: [{ entity: 'PROMPT' }] },
      { events: 'PROMPT' },
      { secret: 1 },
      { secret: 'x'.repeat(1_001) },
    ]) {
      const shown = JSON.stringify(input).slice(0, 80);
      const made = bed.call('POST', 'webhooks', { ...HOOK, ...input });
      assert.equal(await refusal(made), '400 INVALID_PARAMETER_VALUE', shown);
      const [value] = Object.values(input);
      if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) continue;
      const changed = bed.call('PATCH', `webhooks/${webhook.webhook_id}`, input);
      assert.equal(await refusal(changed), '400 INVALID_PARAMETER_VALUE', `change ${shown}`);
    }
    assert.equal((await ok(bed.call('GET', 'webhooks'))).webhooks.length, 1);
  }),

  'what happens in the registry is an event, which names a prompt as one': withBed(async (bed) => {
    const prompt = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }];
    const text = { key: 'mlflow.prompt.text', value: 'Hi' };
    await ok(bed.call('POST', 'registered-models/create', { name: 'm' }));
    await ok(bed.call('POST', 'registered-models/create', { name: 'p', tags: prompt }));
    const version = { name: 'p', source: 'dummy-source', tags: [...prompt, text] };
    await ok(bed.call('POST', 'model-versions/create', version));
    await ok(bed.call('POST', 'registered-models/alias', { name: 'p', alias: 'a', version: '1' }));
    await ok(bed.call('DELETE', 'registered-models/alias', { name: 'p', alias: 'a' }));
    const rows = await bed.db.query.selectFrom('outbox').select(['type', 'body']).orderBy('id').execute();
    assert.deepEqual(
      rows.map(({ type }) => type),
      [
        'registry.model.created',
        'registry.prompt.created',
        'registry.prompt.version.created',
        'registry.prompt.alias.created',
        'registry.prompt.alias.deleted',
      ],
    );
    assert.deepEqual(JSON.parse(rows[2]?.body ?? ''), {
      name: 'p',
      version: '1',
      description: null,
      template: 'Hi',
      tags: {},
    });
  }),
};
