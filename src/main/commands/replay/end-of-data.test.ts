import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endOfData } from './end-of-data.ts';

const HOUR = 3_600_000;
const end = (first: string, last: string): string =>
  new Date(endOfData({ first: Date.parse(`${first}Z`), last: Date.parse(`${last}Z`) }, HOUR)).toISOString();

describe('endOfData()', () => {
  it('is the end of the last month that the data holds to its end', () => {
    assert.equal(end('2001-01-01T00:01', '2001-06-30T23:58'), '2001-07-01T00:00:00.000Z');
    assert.equal(end('2001-01-01T00:01', '2001-12-31T02:00'), '2002-01-01T00:00:00.000Z');
  });

  it('passes over a month that has only begun', () => {
    assert.equal(end('2001-01-01T00:01', '2001-07-01T00:30'), '2001-07-01T00:00:00.000Z');
    assert.equal(end('2001-01-01T00:01', '2001-06-29T23:00'), '2001-06-01T00:00:00.000Z');
  });

  it('is the next step after the last row where no month is whole', () => {
    assert.equal(end('2001-02-03T10:00', '2001-02-05T10:20'), '2001-02-05T11:00:00.000Z');
    assert.equal(end('2001-02-03T10:00', '2001-02-05T10:00'), '2001-02-05T11:00:00.000Z');
  });
});
