import assert from 'node:assert/strict';
import test from 'node:test';
import type { JudgedCriterion } from '../evidence/criterion.ts';
import { intervalPicture } from './interval-picture.ts';
import { svgText } from './svg-element.ts';

const criterion: JudgedCriterion = {
  id: 'fair',
  metric: 'disparate_impact',
  value: 0.57,
  low: 0.52,
  high: 0.63,
  atLeast: 0.6,
  atMost: null,
  verdict: 'fail',
  unit: '',
  slice: '',
};
const size = { width: 88, height: 20 };

function place(picture: ReturnType<typeof intervalPicture>, name: string, attribute: string): number {
  const found = picture.children.find(
    (child) => typeof child !== 'string' && child.attributes['class'] === name,
  );
  assert.ok(found !== undefined && typeof found !== 'string', name);
  return Number(found.attributes[attribute]);
}

test('the value lies inside its interval and on its side of the bound', () => {
  const picture = intervalPicture(criterion, size);
  const value = place(picture, 'interval-value', 'cx');
  assert.ok(value > place(picture, 'interval-span', 'x1') && value < place(picture, 'interval-span', 'x2'));
  assert.ok(value < place(picture, 'interval-bound', 'x1'));
});

test('what holds is shaded from the bound to the end of the axis on the right side', () => {
  const least = intervalPicture(criterion, size);
  assert.equal(place(least, 'interval-allowed', 'x'), place(least, 'interval-bound', 'x1'));
  const most = intervalPicture({ ...criterion, atLeast: null, atMost: 0.6 }, size);
  const end = place(most, 'interval-allowed', 'x') + place(most, 'interval-allowed', 'width');
  assert.ok(Math.abs(end - place(most, 'interval-bound', 'x1')) < 0.02); // coordinates are rounded to 0.01
});

test('a criterion without a value or interval is drawn without them', () => {
  const text = svgText(intervalPicture({ ...criterion, value: null, low: null, high: null }, size));
  assert.doesNotMatch(text, /interval-value|interval-span|NaN/);
});
