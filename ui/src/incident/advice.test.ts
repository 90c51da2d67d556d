import assert from 'node:assert/strict';
import test from 'node:test';
import { adviceIn } from './advice.ts';

test('commands are found in backquotes, in brackets and on lines of their own, each once', () => {
  const text = [
    'Look at the rows with `tend data log flights`, then decide (tend data accept flights 2001-03).',
    '$ tend data log flights',
    '  tend incidents resolve inc_1',
    '',
    'They tend to come back.',
  ].join('\n');
  assert.deepEqual(adviceIn(text), {
    paragraphs: [
      'Look at the rows with tend data log flights, then decide (tend data accept flights 2001-03).',
      'They tend to come back.',
    ],
    commands: ['tend data log flights', 'tend data accept flights 2001-03', 'tend incidents resolve inc_1'],
  });
});

test('advice without a command is all text', () => {
  assert.deepEqual(adviceIn('Ask the owner.'), { paragraphs: ['Ask the owner.'], commands: [] });
});
