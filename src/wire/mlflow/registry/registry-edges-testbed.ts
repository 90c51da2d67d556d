import assert from 'node:assert/strict';
import type { Claims } from '../../../../test/claims.ts';
import type { DatabaseContext } from '../../../../test/database-context.ts';
import { systemPorts } from '../../../../test/ports.ts';
import { evidenceRecord } from '../../../store/evidence.ts';
import type { MlflowBed } from '../mlflow-testbed.ts';
import { model, names, numbers, ok, refusal, tag, version, withBed } from './registry-bed-testbed.ts';

/** Where the registry meets files, projects and mistakes, on any database. */
export const registryEdgeClaims: Claims<DatabaseContext> = {
  'a source is resolved once, and none leads to this machine': withBed(async (bed) => {
    await model(bed, 'm');
    const { run } = await ok(bed.call('POST', 'runs/create', { experiment_id: '0' }));
    const { run_id: id, artifact_uri: root } = run.info;
    const logged = await ok(
      bed.call('POST', 'logged-models', { experiment_id: '0', name: 'l', source_run_id: id }),
    );
    const { model_id: loggedId, artifact_uri: loggedRoot } = logged.model.info;
    const uri = async (input: object) => {
      const { model_version: made } = await version(bed, 'm', input);
      const found = await ok(
        bed.call('GET', 'model-versions/get-download-uri', { name: 'm', version: made.version }),
      );
      return [found.artifact_uri, made.run_id, made.model_id];
    };
    assert.deepEqual(await uri({ source: `runs:/${id}/model` }), [`${root}/model`, id, undefined]);
    assert.deepEqual(await uri({ source: `models:/${loggedId}`, model_id: loggedId }), [
      loggedRoot,
      id,
      loggedId,
    ]);
    assert.deepEqual(await uri({ source: loggedRoot, model_id: loggedId }), [loggedRoot, id, loggedId]);
    assert.deepEqual(await uri({ source: 'models:/m/1' }), [`${root}/model`, id, undefined]);
    const unknown = ['runs:/nowhere/model', 'models:/m-1', 'models:/m/99', 'models:/none/1'];
    for (const source of unknown)
      assert.equal(
        await refusal(bed.call('POST', 'model-versions/create', { name: 'm', source })),
        '404 RESOURCE_DOES_NOT_EXIST',
        source,
      );
    const bad = [
      '/etc/passwd',
      'etc',
      'file:///etc',
      'file://host/etc',
      'C:\\x',
      `runs:/${id}/../x`,
      `mlflow-artifacts:/../x`,
      'mlflow-artifacts:/a/%2e%2e/x',
      'mlflow-artifacts:/tend-models/m/1',
      's3://bucket/../x',
      's3://bucket/%252e%252e/x',
      's3://bucket/a#b',
      'https://host/a?b',
      'models:/m',
      'models:/',
      '',
    ];
    for (const source of bad)
      assert.equal(
        await refusal(bed.call('POST', 'model-versions/create', { name: 'm', source, run_id: id })),
        '400 INVALID_PARAMETER_VALUE',
        source,
      );
    assert.equal((await numbers(bed, "name = 'm'")).length, 4);
  }),

  'the files of a version are sent by its name': withBed(async (bed) => {
    await model(bed, 'm');
    const { run } = await ok(bed.call('POST', 'runs/create', { experiment_id: '0' }));
    const at = `/api/2.0/mlflow-artifacts/artifacts/0/${run.info.run_id}/artifacts/model/MLmodel`;
    await ok(bed.send('PUT', at, 'flavors: {}'));
    await version(bed, 'm', { source: `runs:/${run.info.run_id}/model` });
    const sent = await bed.send('GET', '/model-versions/get-artifact?name=m&version=1&path=MLmodel');
    assert.deepEqual([sent.status, sent.text], [200, 'flavors: {}']);
    const get = (query: string) => bed.send('GET', `/model-versions/get-artifact?${query}`);
    assert.equal(await refusal(get('name=m&version=1&path=none')), '404 RESOURCE_DOES_NOT_EXIST');
    assert.equal(await refusal(get('name=m&version=2&path=MLmodel')), '404 RESOURCE_DOES_NOT_EXIST');
    assert.equal(await refusal(get('name=m&version=1&path=../MLmodel')), '400 INVALID_PARAMETER_VALUE');
    assert.equal(await refusal(get('name=m&path=MLmodel')), '400 INVALID_PARAMETER_VALUE');
    const put = bed.send('PUT', '/api/2.0/mlflow-artifacts/artifacts/tend-models/m/1/model.onnx', 'x');
    assert.equal(await refusal(put), '400 INVALID_PARAMETER_VALUE');
  }),

  'what is missing, too long or of another type is refused, and nothing is written': withBed(async (bed) => {
    await model(bed, 'm');
    await version(bed, 'm');
    const one = { name: 'm', version: '1' };
    const bad: readonly (readonly ['POST' | 'PATCH' | 'DELETE' | 'GET', string, object])[] = [
      ...['', ' ', 'a/b', 'a:b', 'a%2fb', 'a\\b', 'a#b', 'a?b', '..', 'a\u0001', 'x'.repeat(257)].map(
        (name) => ['POST', 'registered-models/create', { name }] as const,
      ),
      ['POST', 'registered-models/create', {}],
      ['POST', 'registered-models/create', { name: 1 }],
      ['POST', 'registered-models/create', { name: 'n', tags: [{ value: 'x' }] }],
      ['POST', 'registered-models/create', { name: 'n', tags: [tag('a', '1'), tag('a', '2')] }],
      ['POST', 'registered-models/create', { name: 'n', tags: [tag('a', 'x'.repeat(100_001))] }],
      ['POST', 'registered-models/create', { name: 'n', description: {} }],
      ['POST', 'registered-models/rename', { name: 'm' }],
      ['POST', 'registered-models/rename', { name: 'm', new_name: 'a/b' }],
      ['POST', 'registered-models/set-tag', { name: 'm', key: '../x', value: '' }],
      ['POST', 'registered-models/set-tag', { name: 'm', key: 'k' }],
      ['POST', 'model-versions/create', { name: 'm' }],
      ['POST', 'model-versions/create', { name: 'm', source: 1 }],
      ['POST', 'model-versions/set-tag', { ...one, key: 'k'.repeat(251), value: '' }],
      ['GET', 'model-versions/get', { name: 'm' }],
      ['GET', 'model-versions/get', { name: 'm', version: 'one' }],
      ['GET', 'model-versions/get', { name: 'm', version: '-1' }],
      ['GET', 'model-versions/get', { name: 'm', version: '9'.repeat(30) }],
      ['POST', 'model-versions/transition-stage', { ...one, stage: 'Staging' }],
      ['DELETE', 'model-versions/delete', { name: 'm' }],
    ];
    for (const [method, path, input] of bad)
      assert.equal(
        await refusal(bed.call(method, path, { ...input })),
        '400 INVALID_PARAMETER_VALUE',
        `${path} ${JSON.stringify(input).slice(0, 100)}`,
      );
    const unknown: typeof bad = [
      ['PATCH', 'registered-models/update', { name: 'none', description: '' }],
      ['DELETE', 'registered-models/delete', { name: 'none' }],
      ['POST', 'registered-models/rename', { name: 'none', new_name: 'x' }],
      ['POST', 'registered-models/set-tag', { name: 'none', ...tag('a', 'b') }],
      ['DELETE', 'registered-models/delete-tag', { name: 'none', key: 'a' }],
      ['GET', 'registered-models/get-latest-versions', { name: 'none' }],
      ['POST', 'model-versions/create', { name: 'none', source: 's3://x/y' }],
      ['PATCH', 'model-versions/update', { name: 'm', version: '7', description: '' }],
      ['POST', 'model-versions/set-tag', { name: 'm', version: '7', ...tag('a', 'b') }],
      ['DELETE', 'model-versions/delete-tag', { name: 'm', version: '7', key: 'a' }],
      ['DELETE', 'model-versions/delete', { name: 'none', version: '1' }],
    ];
    for (const [method, path, input] of unknown)
      assert.equal(
        await refusal(bed.call(method, path, { ...input })),
        '404 RESOURCE_DOES_NOT_EXIST',
        `${path} ${JSON.stringify(input)}`,
      );
    assert.deepEqual(await names(bed, ''), ['m']);
    assert.deepEqual(await numbers(bed, ''), ['m/1']);
  }),

  'a champion of a project moves by the gate alone, and 409 names what failed': withBed(async (bed) => {
    await projectModel(bed);
    const alias = (name: string, number: string) =>
      bed.call('POST', 'registered-models/alias', { name: 'flights', alias: name, version: number });
    const stage = (number: string, to: string) =>
      bed.call('POST', 'model-versions/transition-stage', {
        name: 'flights',
        version: number,
        stage: to,
        archive_existing_versions: false,
      });
    const refusedMove = await alias('champion', '2');
    assert.equal(refusedMove.status, 409);
    assert.equal(refusedMove.json.error_code, 'RESOURCE_CONFLICT');
    assert.match(refusedMove.json.message, /auc: 0.61, at least 0.7/);
    const one = { name: 'flights', version: '1' };
    const held = [
      stage('2', 'Production'),
      stage('1', 'Archived'),
      bed.call('DELETE', 'registered-models/alias', { name: 'flights', alias: 'champion' }),
      bed.call('DELETE', 'registered-models/delete', { name: 'flights' }),
      bed.call('POST', 'registered-models/rename', { name: 'flights', new_name: 'x' }),
      bed.call('DELETE', 'model-versions/delete', one),
      bed.call('DELETE', 'model-versions/delete', { ...one, version: '2' }),
    ];
    for (const reply of held) assert.equal(await refusal(reply), '409 RESOURCE_CONFLICT');
    await ok(alias('champion', '1'));
    await ok(alias('shadow', '2'));
    await ok(stage('2', 'Staging'));
    const { registered_model: found } = await ok(
      bed.call('GET', 'registered-models/get', { name: 'flights' }),
    );
    assert.deepEqual(
      found.latest_versions.map((row: { version: string; current_stage: string; aliases: string[] }) => [
        row.version,
        row.current_stage,
        ...row.aliases,
      ]),
      [
        ['1', 'Production', 'champion'],
        ['2', 'Staging', 'shadow'],
      ],
    );
  }),

  'versions that Tend trained are read and sent like any others': withBed(async (bed) => {
    const hash = await projectModel(bed);
    const { artifact_uri: uri } = await ok(
      bed.call('GET', 'model-versions/get-download-uri', { name: 'flights', version: '1' }),
    );
    assert.equal(uri, 'mlflow-artifacts:/tend-models/flights/1');
    const listed = await ok(
      bed.send('GET', '/api/2.0/mlflow-artifacts/artifacts?path=tend-models/flights/1'),
    );
    assert.deepEqual(listed.files, [{ path: 'model.onnx', is_dir: false, file_size: 4 }]);
    const sent = await bed.send(
      'GET',
      '/api/2.0/mlflow-artifacts/artifacts/tend-models/flights/1/model.onnx',
    );
    assert.deepEqual([sent.text, hash.length], ['onnx', 64]);
    for (const path of [
      'tend-models/flights/9/model.onnx',
      'tend-models/flights/1/x',
      'tend-models/none/1/x',
    ])
      assert.equal(
        await refusal(bed.send('GET', `/api/2.0/mlflow-artifacts/artifacts/${path}`)),
        '404 RESOURCE_DOES_NOT_EXIST',
      );
  }),
};

/** A project's model of two versions: the first is its champion, and the gate refused the second. */
async function projectModel(bed: MlflowBed): Promise<string> {
  const { hash } = await bed.blobs.put(Buffer.from('onnx'));
  const row = (number: number) => ({
    id: `mdv_${number}`,
    model: 'flights',
    version: number,
    blob_hash: hash,
    manifest_hash: String(number).repeat(64),
    state: 'registered',
    created_at: number,
  });
  const gate = evidenceRecord(
    {
      project: 'flights',
      stage: 'deployment',
      kind: 'gate',
      subject: '2'.repeat(64),
      verdict: 'fail',
      title: 'The gate refused version 2: auc: 0.61, at least 0.7',
      body: {},
    },
    systemPorts,
  );
  const { query } = bed.db;
  const registered = { name: 'flights', project: 'flights', created_at: 1, updated_at: 1 };
  await bed.db.commit({
    statements: [
      { query: query.insertInto('model').values(registered) },
      { query: query.insertInto('model_version').values([row(1), row(2)]) },
      { query: query.insertInto('model_alias').values({ model: 'flights', alias: 'champion', version: 1 }) },
      ...gate.statements,
    ],
    ledger: gate.ledger,
  });
  return hash;
}
