import assert from 'node:assert/strict';
import type { Claims } from '../../../../test/claims.ts';
import type { DatabaseContext } from '../../../../test/database-context.ts';
import { readLedger } from '../../../store/ledger.ts';
import { SERVER_CHAIN } from '../../../store/ledger-entry.ts';
import { model, names, numbers, ok, refusal, tag, version, withBed } from './registry-bed-testbed.ts';

const PROMPT = tag('mlflow.prompt.is_prompt', 'true');

/** What the registry answers, on any database. */
export const registryClaims: Claims<DatabaseContext> = {
  'a model is made, described, tagged, renamed with all its versions, and deleted': withBed(async (bed) => {
    const made = await model(bed, 'first one', { description: 'd', tags: [tag('team', 'a'), tag('x', '')] });
    assert.deepEqual(Object.keys(made.registered_model).sort(), [
      'creation_timestamp',
      'description',
      'last_updated_timestamp',
      'name',
      'tags',
    ]);
    assert.equal(
      await refusal(bed.call('POST', 'registered-models/create', { name: 'first one' })),
      '400 RESOURCE_ALREADY_EXISTS',
    );
    const { model_version: one } = await version(bed, 'first one', {
      tags: [tag('k', 'v')],
      description: 'v1',
    });
    assert.deepEqual(
      [one.version, one.status, one.current_stage, one.source, one.tags, one.description],
      ['1', 'READY', 'None', 's3://bucket/model', [tag('k', 'v')], 'v1'],
    );
    await ok(bed.call('POST', 'registered-models/alias', { name: 'first one', alias: 'best', version: '1' }));
    await ok(bed.call('PATCH', 'registered-models/update', { name: 'first one', description: 'new' }));
    await ok(bed.call('POST', 'registered-models/set-tag', { name: 'first one', ...tag('team', 'b') }));
    await ok(bed.call('DELETE', 'registered-models/delete-tag', { name: 'first one', key: 'x' }));
    await model(bed, 'taken');
    const rename = (new_name: string) =>
      bed.call('POST', 'registered-models/rename', { name: 'first one', new_name });
    assert.equal(await refusal(rename('taken')), '400 RESOURCE_ALREADY_EXISTS');
    const { registered_model: renamed } = await ok(rename('second'));
    assert.deepEqual(
      [renamed.description, renamed.tags, renamed.aliases, renamed.latest_versions[0].tags],
      ['new', [tag('team', 'b')], [{ alias: 'best', version: '1' }], [tag('k', 'v')]],
    );
    assert.equal(
      await refusal(bed.call('GET', 'registered-models/get', { name: 'first one' })),
      '404 RESOURCE_DOES_NOT_EXIST',
    );
    await ok(bed.call('DELETE', 'registered-models/delete', { name: 'second' }));
    assert.deepEqual(await numbers(bed, ''), []);
    const { items } = await readLedger(bed.db, { chain: SERVER_CHAIN, limit: 100 });
    const entries = items.map(({ action }) => action).toReversed();
    assert.deepEqual(entries.slice(0, 4), [
      'model.created',
      'model-version.registered',
      'model-version.alias-moved',
      'model.described',
    ]);
  }),

  'numbers of versions count up, also when many register at once and one was deleted': withBed(
    async (bed) => {
      await model(bed, 'm');
      const made = await Promise.all(Array.from({ length: 8 }, () => version(bed, 'm')));
      assert.deepEqual(
        made.map((one) => Number(one.model_version.version)).sort((a, b) => a - b),
        [1, 2, 3, 4, 5, 6, 7, 8],
      );
      await ok(bed.call('POST', 'registered-models/alias', { name: 'm', alias: 'a', version: 8 }));
      await ok(bed.call('DELETE', 'model-versions/delete', { name: 'm', version: '8' }));
      assert.equal((await version(bed, 'm')).model_version.version, '9');
      for (const path of ['model-versions/get', 'model-versions/get-download-uri'])
        assert.equal(
          await refusal(bed.call('GET', path, { name: 'm', version: '8' })),
          '404 RESOURCE_DOES_NOT_EXIST',
        );
      const { registered_model: after } = await ok(bed.call('GET', 'registered-models/get', { name: 'm' }));
      assert.equal(after.aliases, undefined);
      assert.equal((await numbers(bed, "name='m'")).length, 8);
    },
  ),

  'an alias is one version, which it leaves for another': withBed(async (bed) => {
    await model(bed, 'm');
    await version(bed, 'm');
    await version(bed, 'm');
    const set = (alias: string, number: string) =>
      bed.call('POST', 'registered-models/alias', { name: 'm', alias, version: number });
    const get = (alias: string) => bed.call('GET', 'registered-models/alias', { name: 'm', alias });
    for (const number of ['1', '2', '2']) await ok(set('champion', number));
    assert.equal((await ok(get('champion'))).model_version.version, '2');
    assert.deepEqual((await ok(get('champion'))).model_version.aliases, ['champion']);
    assert.equal((await ok(get('latest'))).model_version.version, '2');
    await ok(bed.call('DELETE', 'registered-models/alias', { name: 'm', alias: 'champion' }));
    await ok(bed.call('DELETE', 'registered-models/alias', { name: 'm', alias: 'champion' }));
    assert.equal(await refusal(get('champion')), '400 INVALID_PARAMETER_VALUE');
    for (const reserved of ['latest', 'LATEST', 'v1', 'V22', '', 'a b', 'a/b', 'x'.repeat(256)])
      assert.equal(await refusal(set(reserved, '1')), '400 INVALID_PARAMETER_VALUE', reserved);
    assert.equal(await refusal(set('a', '3')), '404 RESOURCE_DOES_NOT_EXIST');
    const other = bed.call('POST', 'registered-models/alias', { name: 'n', alias: 'a', version: '1' });
    assert.equal(await refusal(other), '404 RESOURCE_DOES_NOT_EXIST');
  }),

  'stages are of old clients: the newest of each is shown, and others are archived on demand': withBed(
    async (bed) => {
      await model(bed, 'm');
      for (let i = 0; i < 3; i++) await version(bed, 'm');
      const move = (number: number, stage: string, archive: boolean) =>
        bed.call('POST', 'model-versions/transition-stage', {
          name: 'm',
          version: String(number),
          stage,
          archive_existing_versions: archive,
        });
      await ok(move(1, 'production', false));
      const { model_version: moved } = await ok(move(2, 'Production', true));
      assert.equal(moved.current_stage, 'Production');
      const latest = async (stages: readonly string[]) => {
        const found = await ok(
          bed.call('POST', 'registered-models/get-latest-versions', { name: 'm', stages }),
        );
        return (found.model_versions ?? []).map(
          (one: { version: string; current_stage: string }) => `${one.version} ${one.current_stage}`,
        );
      };
      assert.deepEqual(await latest([]), ['1 Archived', '2 Production', '3 None']);
      assert.deepEqual(await latest(['Production', 'Staging']), ['2 Production']);
      assert.equal(await refusal(move(3, 'Prod', false)), '400 INVALID_PARAMETER_VALUE');
      assert.equal(await refusal(move(3, 'None', true)), '400 INVALID_PARAMETER_VALUE');
      assert.equal(await refusal(move(9, 'None', false)), '404 RESOURCE_DOES_NOT_EXIST');
    },
  ),

  'searches filter by name and tag, order, and page': withBed(async (bed) => {
    for (const [name, team] of [
      ['alpha', 'a'],
      ['Beta', 'a'],
      ['gamma_1', 'b'],
    ] as const)
      await model(bed, name, { tags: [tag('team', team)] });
    await model(bed, 'untagged');
    assert.deepEqual(await names(bed, "name = 'alpha'"), ['alpha']);
    assert.deepEqual(await names(bed, "name LIKE '%a'"), ['Beta', 'alpha']);
    assert.deepEqual(await names(bed, "name ILIKE 'b%'"), ['Beta']);
    assert.deepEqual(await names(bed, "name LIKE 'b%'"), []);
    assert.deepEqual(await names(bed, "tags.team = 'a' and name != 'alpha'"), ['Beta']);
    assert.deepEqual(await names(bed, "tags.team != 'a'"), ['gamma_1']);
    assert.deepEqual(await names(bed, '', ['name DESC']), ['untagged', 'gamma_1', 'alpha', 'Beta']);
    assert.deepEqual(await names(bed, '', ['timestamp ASC']), ['alpha', 'Beta', 'gamma_1', 'untagged']);
    const paged: string[] = [];
    let token: string | undefined;
    do {
      const page = await ok(
        bed.call('GET', 'registered-models/search', { max_results: 3, ...(token && { page_token: token }) }),
      );
      paged.push(...page.registered_models.map((one: { name: string }) => one.name));
      token = page.next_page_token;
    } while (token !== undefined);
    assert.equal(new Set(paged).size, 4);
    for (const input of [
      { filter: "run_id = 'x'" },
      { filter: 'name = 1' },
      { filter: "name = 'a' OR name = 'b'" },
      { filter: 'version_number = 1' },
      { order_by: ['run_id'] },
      { max_results: 1_001 },
      { max_results: 0 },
      { page_token: 'x' },
    ])
      assert.equal(
        await refusal(bed.call('GET', 'registered-models/search', input)),
        '400 INVALID_PARAMETER_VALUE',
        JSON.stringify(input),
      );
  }),

  'versions are found by name, number, run, source and tag': withBed(async (bed) => {
    for (const name of ['a', 'b']) {
      await model(bed, name);
      for (let i = 1; i <= 2; i++)
        await version(bed, name, {
          run_id: `${name}${i}`,
          source: `s3://x/${name}${i}`,
          tags: [tag('n', `${i}`)],
        });
    }
    assert.deepEqual(await numbers(bed, "name = 'a'", ['version_number ASC']), ['a/1', 'a/2']);
    assert.deepEqual(await numbers(bed, "run_id IN ('a1', 'b2')", ['name ASC']), ['a/1', 'b/2']);
    assert.deepEqual(await numbers(bed, "run_id = 'b1'"), ['b/1']);
    assert.deepEqual(await numbers(bed, "source_path = 's3://x/a2'"), ['a/2']);
    assert.deepEqual(await numbers(bed, "tags.n = '2' and version_number > 1", ['name ASC']), ['a/2', 'b/2']);
    assert.deepEqual(await numbers(bed, 'version_number < 1.5', ['name DESC']), ['b/1', 'a/1']);
    assert.equal(
      await refusal(bed.call('GET', 'model-versions/search', { filter: "version_number = '1'" })),
      '400 INVALID_PARAMETER_VALUE',
    );
  }),

  'a prompt is a model that no search shows unless it asks for prompts': withBed(async (bed) => {
    await model(bed, 'model');
    await version(bed, 'model');
    await model(bed, 'prompt', { tags: [PROMPT] });
    const text = tag('mlflow.prompt.text', 'Say {{x}}.'.repeat(5_000));
    await version(bed, 'prompt', { source: 'dummy-source', tags: [PROMPT, text] });
    const is = (test: string) => `tags.\`mlflow.prompt.is_prompt\` ${test}`;
    assert.deepEqual(await names(bed, ''), ['model']);
    assert.deepEqual(await names(bed, is("!= 'true'")), ['model']);
    assert.deepEqual(await names(bed, is("= 'false'")), ['model']);
    assert.deepEqual(await names(bed, is("= 'true'")), ['prompt']);
    assert.deepEqual(await numbers(bed, ''), ['model/1']);
    assert.deepEqual(await numbers(bed, is("= 'true'")), ['prompt/1']);
    // CVE-2026-2614: the tag of a prompt let any source pass.
    const input = { name: 'prompt', source: 'file:///etc', tags: [PROMPT] };
    assert.equal(
      await refusal(bed.call('POST', 'model-versions/create', input)),
      '400 INVALID_PARAMETER_VALUE',
    );
    assert.equal(
      await refusal(bed.call('POST', 'model-versions/create', { ...input, name: 'model' })),
      '400 INVALID_PARAMETER_VALUE',
    );
  }),
};
