import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openGovernanceBed } from '../governance-testbed.ts';
import { DATA, FILE, MODEL, RELEASE, recordVersion } from '../record-testbed.ts';
import { type FactDocument, type FactPart, unstatedLabels } from '../document/fact-document.ts';
import { renderDocument } from '../document/render-document.ts';
import { dataSheet } from '../data-sheet/data-sheet.ts';
import { readSheetFacts } from '../data-sheet/read-sheet-facts.ts';
import { modelCard } from './model-card.ts';
import { readCardFacts } from './read-card-facts.ts';

function part(document: FactDocument, label: string): FactPart | undefined {
  const parts = document.sections.flatMap((section) => section.parts);
  return parts.find((one) => one.kind !== 'figure' && one.label === label);
}

function value(document: FactDocument, label: string): string | null | undefined {
  const found = part(document, label);
  return found?.kind === 'fact' ? found.value : undefined;
}

describe('modelCard()', () => {
  it('has the sections of Mitchell et al. and states only what is recorded', async () => {
    await using bed = await openGovernanceBed();
    await recordVersion(bed.db, bed.clock);
    const card = modelCard(await readCardFacts(bed.db, { model: 'flights' }));
    assert.deepEqual(
      card.sections.map(({ title }) => title),
      [
        'Model details',
        'Intended use',
        'Factors',
        'Metrics',
        'Evaluation data',
        'Training data',
        'Quantitative analyses',
        'Ethical considerations',
        'Caveats and recommendations',
        'Record of this version',
      ],
    );
    assert.deepEqual(unstatedLabels(card, 'required'), []);
    assert.deepEqual(
      ['Version', 'Primary use', 'Risk', 'Source file (sha256)', 'Licence', 'Model file (sha256)'].map(
        (label) => value(card, label),
      ),
      ['flights@1', 'Which flights will be late?', 'minimal: No person is scored.', FILE, null, MODEL],
    );
    const approvals = part(card, 'Approvals');
    assert.ok(approvals?.kind === 'table');
    assert.deepEqual(approvals.rows[0]?.slice(0, 6), [
      'apr_1',
      'production',
      'approved',
      'ml-lead',
      'modeller',
      'ml-lead',
    ]);
    const figures = part(card, 'Figures on unseen rows');
    assert.ok(figures?.kind === 'table');
    assert.deepEqual(figures.rows, [['roc_auc', '0.7039 (0.7001 to 0.7085)', '0.6 (0.59 to 0.61)']]);
    assert.match(renderDocument(card, 'html'), /<svg [^>]*aria-label="ROC"/);
  });

  it('says not stated where nothing but a version is there, and names what is missing', async () => {
    await using bed = await openGovernanceBed();
    await recordVersion(bed.db, bed.clock);
    const row = { model: 'flights', run_id: null, blob_hash: null, manifest_hash: null };
    const version = { id: 'mdv_2', version: 2, state: 'registered', created_at: 9, ...row };
    await bed.db.commit({
      statements: [{ query: bed.db.query.insertInto('model_version').values(version) }],
    });
    const card = modelCard(await readCardFacts(bed.db, { model: 'flights@2' }));
    const missing = unstatedLabels(card, 'required');
    for (const label of ['Family', 'Rows to train on', 'Figures on unseen rows']) {
      assert.ok(missing.includes(label), label);
    }
    assert.match(renderDocument(card, 'md'), /- \*\*Family:\*\* not stated\n/);
    assert.match(
      renderDocument(card, 'html'),
      /<dt>Family<\/dt><dd><span class="unstated">not stated<\/span>/,
    );
  });

  it('is the same bytes for the same records, in every form', async () => {
    await using bed = await openGovernanceBed();
    await recordVersion(bed.db, bed.clock);
    for (const format of ['md', 'html', 'json'] as const) {
      const texts = [];
      for (const question of [
        { model: 'flights' },
        { model: 'flights@1' },
        { model: 'flights', version: 1 },
      ]) {
        texts.push(renderDocument(modelCard(await readCardFacts(bed.db, question)), format));
      }
      assert.equal(new Set(texts).size, 1, format);
    }
  });

  it('refuses a model and a version that are not there', async () => {
    await using bed = await openGovernanceBed();
    await recordVersion(bed.db, bed.clock);
    for (const model of ['nothing', 'flights@9', 'nothing@1', '@1', "' or 1=1 --"]) {
      await assert.rejects(readCardFacts(bed.db, { model }), { code: 'NOT_FOUND' }, model);
    }
  });

  it('lets nothing hostile out of any record, from the table to the page', async () => {
    const hostile = (text: string): string => `${text}"'><script>alert(1)</script>|\n# x`;
    await using plain = await openGovernanceBed();
    await recordVersion(plain.db, plain.clock);
    await using bed = await openGovernanceBed();
    await recordVersion(bed.db, bed.clock, hostile);
    const documents = async ({ db }: typeof bed) => [
      modelCard(await readCardFacts(db, { model: 'flights' })),
      dataSheet(await readSheetFacts(db, { dataset: 'flights' })),
    ];
    const tags = (html: string): string[] =>
      [...html.matchAll(/<[^>]*>?/g)].map(([tag]) => tag.replaceAll(/"[^"]*"/g, '""'));
    const expected = await documents(plain);
    for (const [i, document] of (await documents(bed)).entries()) {
      const html = renderDocument(document, 'html');
      assert.deepEqual(tags(html), tags(renderDocument(expected[i] as FactDocument, 'html')));
      assert.match(html, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
      const lines = renderDocument(document, 'md').split('\n');
      assert.equal(lines.length, renderDocument(expected[i] as FactDocument, 'md').split('\n').length);
      assert.doesNotMatch(lines.join('\n'), /[<>]/);
    }
  });
});

describe('dataSheet()', () => {
  it('has the seven groups of Gebru et al. and states only what is recorded', async () => {
    await using bed = await openGovernanceBed();
    await recordVersion(bed.db, bed.clock);
    const sheet = dataSheet(await readSheetFacts(bed.db, { dataset: 'flights', version: DATA.slice(0, 8) }));
    assert.deepEqual(
      sheet.sections.map(({ id }) => id),
      ['motivation', 'composition', 'collection', 'preprocessing', 'uses', 'distribution', 'maintenance'],
    );
    assert.deepEqual(unstatedLabels(sheet, 'required'), []);
    assert.deepEqual([value(sheet, 'Source file (sha256)'), value(sheet, 'Consent')], [FILE, null]);
    const columns = part(sheet, 'Columns');
    assert.ok(columns?.kind === 'table');
    assert.deepEqual(columns.rows, [['delay', 'integer', '3', '-87', '1,491']]);
    const trained = part(sheet, 'Trained on it');
    assert.deepEqual(trained?.kind === 'list' ? trained.items : [], ['flights@1']);
    assert.equal(sheet.about.hash, DATA);
    assert.notEqual(sheet.about.hash, RELEASE);
  });

  it('asks which project is meant where several have a dataset of the name', async () => {
    await using bed = await openGovernanceBed();
    await recordVersion(bed.db, bed.clock);
    const other = {
      project: 'other',
      dataset: 'flights',
      hash: DATA,
      schema: '[]',
      row_count: 1,
      created_at: 1,
    };
    const query = bed.db.query.insertInto('dataset_version').values({ id: 'dsv_2', ...other });
    await bed.db.commit({ statements: [{ query }] });
    await assert.rejects(readSheetFacts(bed.db, { dataset: 'flights' }), {
      code: 'INVALID_INPUT',
      message: /flights, other/,
    });
    assert.equal((await readSheetFacts(bed.db, { dataset: 'flights', project: 'other' })).rows, 1);
    for (const question of [
      { dataset: 'none' },
      { dataset: 'flights', project: 'flights', version: 'abcdef' },
    ]) {
      await assert.rejects(readSheetFacts(bed.db, question), { code: 'NOT_FOUND' });
    }
  });
});
