import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Figure, figureSchema } from '../../../kernel/figure.ts';
import { escapeHtml, escapeMarkdown } from './escape-text.ts';
import type { FactDocument, FactPart } from './fact-document.ts';
import { DOCUMENT_POLICY, renderHtml } from './render-html.ts';
import { renderMarkdown } from './render-markdown.ts';

/** What somebody could write into a name, a reason, a comment or a level of a feature. */
const ATTACKS = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onload='alert(1)",
  '</style><script>alert(1)</script>',
  '</title></svg><svg onload=alert(1)>',
  '<!-- --><![CDATA[',
  '&lt;b&gt; &#60;i&#62; &amp;',
  '`` ` ``` **bold** __strong__ _em_ ~~gone~~ \\',
  '| a | b |\n| --- | --- |\n| c | d |',
  '# heading\n\n## another\n===\n---',
  '[text](javascript:alert(1)) ![image](http://x/y.png) [ref]: http://x',
  'https://example.org www.example.org mailto:a@b.example <http://x>',
  '1. one\n2. two\n- three\n+ four\n> five\n    code',
  '12) twelve',
  '{{ template }} ${expression} $math$ $$m$$ [^1] @somebody #12 :smile:',
  'line\r\nfeed\ttab\u2028separator\u202eturned\u0000nul\u001b[31mred\ud800lone',
  '___a__b_c___ a_b snake_case_',
  '\\',
  '*',
];

const anyText = fc.oneof(
  fc.constantFrom(...ATTACKS),
  fc.tuple(fc.constantFrom(...ATTACKS), fc.constantFrom(...ATTACKS)).map((both) => both.join('')),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }),
);

/** A document with a fact at every place where one can stand. */
function documentOf(text: (place: number) => string): FactDocument {
  let place = 0;
  const next = (): string => text(place++) || ' x';
  const parts: FactPart[] = [
    { kind: 'fact', label: next(), value: next(), from: [next(), next(), next(), next()] },
    { kind: 'fact', label: next(), value: null, from: [] },
    { kind: 'list', label: next(), items: [next(), next()], from: [next()] },
    { kind: 'list', label: next(), items: [], from: [] },
    {
      kind: 'table',
      label: next(),
      columns: [next(), next()],
      rows: [
        [next(), next()],
        [next(), ''],
      ],
      note: next(),
      from: [next()],
    },
    { kind: 'table', label: next(), columns: [next()], rows: [], from: [] },
    ...figures(next).map((figure): FactPart => ({ kind: 'figure', figure, from: [next()] })),
  ];
  return {
    format: 'tend.model-card/v1',
    title: next(),
    source: next(),
    about: { project: next(), name: next(), version: next(), hash: next() },
    factsUntil: 1,
    sections: [{ id: next(), title: next(), parts }],
  };
}

function figures(next: () => string): Figure[] {
  const short = (): string => next().slice(0, 110) || 'x';
  const head = () => ({ title: short(), caption: short() });
  const axis = () => ({ label: short(), unit: short().slice(0, 20) });
  const line = {
    kind: 'line',
    ...head(),
    x: axis(),
    y: axis(),
    series: [
      {
        name: short(),
        points: [
          [1, 2],
          [2, null],
          [3, 1],
        ],
        band: [[1, 0, 3]],
      },
    ],
    thresholds: [{ value: 1, label: short() }],
    marks: [{ at: 2, kind: 'incident', label: short() }],
  };
  const bars = {
    kind: 'bars',
    ...head(),
    x: axis(),
    y: axis(),
    categories: [short(), short()],
    series: [{ name: short(), values: [1, -2], low: [0, -3], high: [2, -1] }],
    thresholds: [{ value: 1, label: short() }],
  };
  const histogram = {
    kind: 'histogram',
    ...head(),
    x: axis(),
    y: axis(),
    edges: [0, 1, 2],
    series: [{ name: short(), counts: [3, 4] }],
  };
  const reliability = {
    kind: 'reliability',
    ...head(),
    series: [{ name: short(), bins: [{ predicted: 0.2, observed: 0.3, count: 9, low: 0.1, high: 0.4 }] }],
  };
  const roc = {
    kind: 'roc',
    ...head(),
    series: [
      {
        name: short(),
        points: [
          [0, 0],
          [0.5, 0.8],
          [1, 1],
        ],
        area: 0.8,
      },
    ],
  };
  return [line, bars, histogram, reliability, roc].map((figure) => figureSchema.parse(figure));
}

/** The tags of a page in their order, without the values of attributes. */
function tagsOf(html: string): string[] {
  return [...html.matchAll(/<[^>]*>?/g)].map(([tag]) => tag.replaceAll(/"[^"]*"/g, '""'));
}

/** The signs of Markdown that are not escaped, line by line. */
function signsOf(markdown: string): string[] {
  return markdown
    .replaceAll(/\\[!-/:-@[-`{-~]/g, '')
    .split('\n')
    .map((line) => line.replaceAll(/[^`*[\]#|~<>!]/g, '').replaceAll('!', ''));
}

const BENIGN = documentOf((place) => `fact ${place}`);

describe('hostile text in every fact', () => {
  it('adds no tag, no attribute and no comment to the page', () => {
    const expected = tagsOf(renderHtml(BENIGN));
    assert.ok(expected.length > 200);
    const property = fc.property(fc.array(anyText, { minLength: 90, maxLength: 90 }), (texts) => {
      const html = renderHtml(documentOf((place) => texts[place % texts.length] ?? ''));
      assert.deepEqual(tagsOf(html), expected);
      // oxlint-disable-next-line no-control-regex -- that none is left is the claim
      assert.doesNotMatch(html, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('adds no line, no table cell, no heading, no link and no HTML to the Markdown', () => {
    const expected = signsOf(renderMarkdown(BENIGN));
    const property = fc.property(fc.array(anyText, { minLength: 90, maxLength: 90 }), (texts) => {
      const markdown = renderMarkdown(documentOf((place) => texts[place % texts.length] ?? ''));
      assert.deepEqual(signsOf(markdown), expected);
      const plain = markdown.replaceAll(/\\[!-/:-@[-`{-~]/g, ' ');
      assert.doesNotMatch(plain, /(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/);
      assert.doesNotMatch(markdown, /[<>]|(?<!\\):\/\/|(?<!\\)@|www\.(?!\\)/i);
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('is shown as it was written', () => {
    const decode = (html: string): string =>
      html.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => DECODED[name] ?? '');
    const property = fc.property(anyText, (text) => {
      assert.equal(escapeHtml(decode(escapeHtml(text))), escapeHtml(text));
      if (/^[ -~]*$/.test(text)) assert.equal(decode(escapeHtml(text)), text);
      const plain = decode(escapeMarkdown(text).replaceAll(/\\([!-/:-@[-`{-~])/g, '$1'));
      if (/^[ -~]*$/.test(text)) assert.equal(plain, text.replaceAll(/ +/g, ' ').trim());
    });
    fc.assert(property, { numRuns: 500 });
  });

  it('starts no list inside a list, and loads nothing anywhere', () => {
    for (const text of ['1. x', '12) x', '- x', '+ x', '= x', '1.', '2)']) {
      assert.match(escapeMarkdown(text), /^\d*\\/, text);
    }
    for (const text of ['1.5', '12 x', '-x-'.slice(1), 'a - b', '2001-01-02']) {
      assert.equal(escapeMarkdown(text), text);
    }
    const html = renderHtml(documentOf((place) => ATTACKS[place % ATTACKS.length] ?? ''));
    assert.ok(
      html.includes(`<meta http-equiv="Content-Security-Policy" content="${escapeHtml(DOCUMENT_POLICY)}">`),
    );
    assert.doesNotMatch(
      html,
      /<(script|link|img|iframe|object|embed|base|form|a|image|use|foreignObject)[\s>]/i,
    );
    assert.doesNotMatch(html, /<[^>]*\s(on\w+|href|src|xlink:href)=/i);
    assert.doesNotMatch(html, /url\(|@import/i);
  });
});

const DECODED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
