import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { monthsBefore, windowFrom } from './window.ts';

const at = (text: string): number => Date.parse(`${text}Z`);

describe('a window of history', () => {
  it('goes back by days, weeks and calendar months from where it ends', () => {
    const to = at('2001-03-31T06:00:00');
    const from = (window: string): string =>
      new Date(windowFrom(window, { to, first: at('1999-01-01T00:00:00') })).toISOString().slice(0, 16);
    assert.equal(from('10 days'), '2001-03-21T06:00');
    assert.equal(from('2 weeks'), '2001-03-17T06:00');
    assert.equal(from('1 month'), '2001-02-28T06:00');
    assert.equal(from('13 months'), '2000-02-29T06:00');
  });

  it('never begins before there is anything, and `all` begins there', () => {
    const span = { to: at('2001-03-01T00:00:00'), first: at('2001-02-10T00:00:00') };
    assert.equal(windowFrom('1 month', span), span.first);
    assert.equal(windowFrom('all', span), span.first);
  });

  it('keeps day and time where the earlier month has them', () => {
    assert.equal(monthsBefore(at('2001-01-15T12:30:00'), 1), at('2000-12-15T12:30:00'));
    assert.equal(monthsBefore(at('2001-05-31T00:00:00'), 3), at('2001-02-28T00:00:00'));
  });
});
