// needs: chromium
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { assertAccessible, assertFits, boardIsLive, cell, focusedName, tabTo } from './board-checks.ts';
import { VIEWS, openBrowser, watchedPage } from './browser.ts';
import { builtBoard } from './built-board.ts';
import type { BuiltBoard } from './built-board.ts';
import { startFixtureServer } from './fixture-server.ts';

const DESK = { theme: 'light', width: 1280 } as const;

/** Each page beside the board, with what is there once all of it has come. */
const PAGES = [
  { path: '/incidents', there: '3 received rows set aside: delay between -90 and 1500' },
  { path: '/incidents?state=resolved', there: 'requests: origin missing in 4 % of 9 214' },
  { path: '/incidents/inc_2', there: 'Own hash' },
  { path: '/incidents/inc_3', there: 'Own hash' },
  { path: '/projects/flight-delay/candidates/cnd_1', there: 'Own hash' },
  { path: '/projects/flight-delay/candidates/cnd_2', there: 'Judged, unseen by both' },
  { path: '/projects/flight-delay/timeline', there: 'What happened' },
] as const;

let board: BuiltBoard;
let browser: Browser;

before(async () => {
  [board, browser] = await Promise.all([builtBoard(), openBrowser()]);
});
after(async () => {
  await browser.close();
  await board[Symbol.asyncDispose]();
});

async function openPage(page: Page, url: string, { path, there }: (typeof PAGES)[number]): Promise<void> {
  await page.goto(url + path);
  await page.getByText(there, { exact: true }).first().waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
}

for (const view of VIEWS) {
  const name = `${view.theme}, ${view.width} px`;
  test(`pages of the loop are accessible, fit, and stay at home (${name})`, async () => {
    await using server = await startFixtureServer({ dist: board.dist });
    await using watched = await watchedPage(browser, view, server.url);
    const { page } = watched;
    for (const one of PAGES) {
      await openPage(page, server.url, one);
      await assertAccessible(page, one.path);
      await assertFits(page, one.path);
      const asTable = page.getByRole('button', { name: /^Show as table/ });
      const figures = await asTable.count();
      for (let left = figures; left > 0; left -= 1) await asTable.first().click();
      if (figures > 0 && view.width > 1000) await assertAccessible(page, `the tables of ${one.path}`);
      await assertFits(page, `the tables of ${one.path}`);
    }
    assert.deepEqual(watched.errors, []);
    assert.deepEqual(watched.foreign, []);
  });
}

test('no page needs sideways scrolling from 320 to 2560 px, and pictures grow with the window', async () => {
  await using server = await startFixtureServer({ dist: board.dist });
  await using watched = await watchedPage(browser, DESK, server.url);
  const { page } = watched;
  for (const one of PAGES) {
    await openPage(page, server.url, one);
    for (const width of [320, 360, 768, 1247, 1250, 2560]) {
      await page.setViewportSize({ width, height: 900 });
      await assertFits(page, `${one.path} at ${width} px`);
    }
  }
  await page.waitForFunction('document.querySelector("svg.chart").clientWidth > 1000');
  await page.setViewportSize({ width: 360, height: 800 });
  await page.waitForFunction('document.querySelector("svg.chart").clientWidth < 340');
});

test('badges say where candidates are, what is open, what has retired, and follow the stream', async () => {
  await using server = await startFixtureServer({ dist: board.dist });
  await using watched = await watchedPage(browser, DESK, server.url);
  const { page } = watched;
  await page.goto(server.url);
  await boardIsLive(page);
  const badge = (stage: string, text: string) =>
    cell(page, 'flight-delay', stage).getByText(text, { exact: true }).waitFor();
  await badge('deployment', 'v3 canary 5\u202f%');
  await badge('retraining', 'v2 refused');
  await badge('monitoring', '1 critical');
  await badge('monitoring', '1 info');
  await badge('decommissioning', 'v0 retired');
  assert.equal(await cell(page, 'churn-score', 'deployment').textContent(), 'Deployment: Pass. holds');
  Object.assign(server.loop.candidates[0] ?? {}, { state: 'promoted' });
  Object.assign(server.loop.incidents[1] ?? {}, { state: 'resolved' });
  server.emit({ kind: 'inbox' });
  await badge('deployment', 'v3 promoted');
  await cell(page, 'flight-delay', 'monitoring').getByText('1 critical').waitFor({ state: 'detached' });
  assert.match((await cell(page, 'flight-delay', 'monitoring').textContent()) ?? '', /\. 1 info/);
  assert.deepEqual(watched.errors, []);
});

test('a server that knows no live models leaves the board as it was', async () => {
  await using server = await startFixtureServer({ dist: board.dist });
  await using watched = await watchedPage(browser, DESK, server.url);
  const { page } = watched;
  for (const path of ['**/incidents?**', '**/candidates', '**/endpoints', '**/retirements'])
    await page.route(path, (route) => route.fulfill({ status: 404, json: { code: 'NOT_FOUND' } }));
  await page.goto(server.url);
  await boardIsLive(page);
  assert.equal(
    await cell(page, 'flight-delay', 'deployment').textContent(),
    'Deployment: Waiting. v3 waits for ml-lead',
  );
});

test('from the board to an incident, acknowledged and resolved with a comment: all by keyboard', async () => {
  await using server = await startFixtureServer({ dist: board.dist });
  await using watched = await watchedPage(browser, DESK, server.url);
  const { page } = watched;
  await page.goto(`${server.url}/?project=flight-delay&stage=monitoring`);
  await page.getByRole('link', { name: /^still-good fails/ }).waitFor();
  await tabTo(page, 'the incident', (focused) => focused.includes('still-good fails'));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: /^still-good fails/ }).waitFor();
  await page.waitForFunction('document.activeElement?.id === "content"');
  assert.match(await page.title(), /^still-good fails/);
  const [first] = await page.getByRole('heading', { level: 2 }).allTextContents();
  assert.equal(first, 'What to do');
  await page.getByText('tend models retrain flight-delay').waitFor();
  await tabTo(page, 'Acknowledge', (focused) => focused.endsWith('Acknowledge'));
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: /^Acknowledge/ }).waitFor();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.type('I look.');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByText('by dana').waitFor();
  await page.getByText('I look.').waitFor();
  await tabTo(page, 'Resolve', (focused) => focused.endsWith('Resolve'));
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: /^Resolve/ });
  await dialog.waitFor();
  await dialog.getByRole('button', { name: 'Resolve' }).click();
  assert.equal(server.decisions.length, 2, 'nothing is resolved without a word');
  await assertAccessible(page, 'the dialog of resolving');
  await dialog.getByLabel('Comment').focus();
  await page.keyboard.type('The timetable changed.');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'What was to do' }).waitFor();
  assert.deepEqual(server.decisions, [
    { path: 'incidents/inc_2/acknowledge', body: {} },
    { path: 'comments', body: { project: 'flight-delay', subject: 'inc_2', text: 'I look.' } },
    { path: 'incidents/inc_2/resolve', body: { resolution: 'The timetable changed.' } },
  ]);
  assert.deepEqual(watched.errors, []);
});

test('what needs the reader leads to its incident', async () => {
  await using server = await startFixtureServer({ dist: board.dist });
  await using watched = await watchedPage(browser, DESK, server.url);
  const { page } = watched;
  const [first] = server.board.items;
  assert.ok(first !== undefined);
  server.board.items = [{ ...first, id: 'inc_3', kind: 'quarantine', title: '3 rows set aside' }];
  await page.goto(server.url);
  await page.getByRole('link', { name: '3 rows set aside' }).click();
  await page.getByRole('heading', { level: 1, name: /^3 received rows/ }).waitFor();
  await page.getByRole('link', { name: /^Needs you/ }).click();
  await boardIsLive(page);
});

test('an action that waits can be vetoed, and only that one', async () => {
  await using server = await startFixtureServer({ dist: board.dist });
  await using watched = await watchedPage(browser, DESK, server.url);
  const { page } = watched;
  await page.goto(`${server.url}/incidents/inc_2`);
  const veto = page.getByRole('button', { name: /^Veto ?: Fallback/ });
  await veto.waitFor();
  assert.equal(await page.getByRole('button', { name: /^Veto/ }).count(), 1);
  await veto.click();
  await page.getByRole('dialog').getByLabel('Comment (optional)').fill('A holiday explains it.');
  await page.getByRole('dialog').getByRole('button', { name: 'Veto' }).click();
  await page.getByRole('listitem').getByText('A holiday explains it.').waitFor();
  await veto.waitFor({ state: 'detached' });
  const reason = 'A holiday explains it.';
  assert.deepEqual(server.decisions, [{ path: 'actions/act_3/veto', body: { reason } }]);
});

test('incidents are filtered by state and project, and the filter is in the URL', async () => {
  await using server = await startFixtureServer({ dist: board.dist });
  await using watched = await watchedPage(browser, DESK, server.url);
  const { page } = watched;
  await page.goto(server.url);
  await page.getByRole('link', { name: 'Incidents' }).click();
  await page.getByText('3 received rows').first().waitFor();
  assert.equal(await page.getByRole('main').getByRole('listitem').filter({ hasText: 'opened' }).count(), 2);
  await page.getByRole('link', { name: 'Resolved' }).click();
  await page.getByText('requests: origin missing').waitFor();
  assert.equal(new URL(page.url()).search, '?state=resolved');
  await page.goto(`${server.url}/incidents?state=nonsense&project=churn-score`);
  await page.getByText('No open incident.').waitFor();
  await page.getByRole('heading', { name: 'Incidents of churn-score' }).waitFor();
  await page.getByRole('link', { name: 'Show those of all projects' }).click();
  await page.getByText('3 received rows').first().waitFor();
});

test('evidence can be spoken of in the panel, and its keys stay letters in a comment', async () => {
  await using server = await startFixtureServer({ dist: board.dist });
  await using watched = await watchedPage(browser, DESK, server.url);
  const { page } = watched;
  await page.goto(`${server.url}/?project=flight-delay&stage=evaluation`);
  const panel = page.getByRole('dialog', { name: 'flight-delay / Evaluation' });
  await panel.getByText('Comments none').click();
  await panel.getByLabel('Add a comment').fill('');
  await panel.getByLabel('Add a comment').pressSequentially('jk: hub_class?');
  await panel.getByRole('button', { name: 'Comment' }).click();
  await panel.getByRole('listitem').getByText('jk: hub_class?').waitFor();
  await panel.getByText('Comments 1').waitFor();
  assert.match(await focusedName(page), /Comment/);
});

test('the timeline is reached from the cells, follows the stream, and leads on', async () => {
  await using server = await startFixtureServer({ dist: board.dist });
  await using watched = await watchedPage(browser, DESK, server.url);
  const { page } = watched;
  for (const stage of ['monitoring', 'retraining']) {
    await page.goto(`${server.url}/?project=flight-delay&stage=${stage}`);
    await page.getByRole('dialog').getByRole('link', { name: 'Timeline' }).click();
    await page.getByRole('heading', { level: 1, name: 'Timeline of flight-delay' }).waitFor();
  }
  await page.getByText('Project clock of the replay: 2001-06-14').waitFor();
  await page.getByRole('navigation', { name: 'Criterion' }).getByRole('link', { name: 'answers' }).click();
  await page.waitForURL(/criterion=answers/);
  await page.getByRole('navigation', { name: 'Criterion' }).getByRole('link', { name: 'still-good' }).click();
  await page.waitForURL(/criterion=still-good/);
  const picture = page.getByRole('img', { name: /^still-good: roc_auc over 7 days/ });
  assert.match((await picture.getAttribute('aria-label')) ?? '', /Marked: 2 incidents, 1 resolved/);
  const { timeline } = server.loop;
  assert.ok(timeline.kind === 'line');
  timeline.marks?.push({ at: Date.parse('2001-06-02T00:00:00Z'), kind: 'rollback', label: 'version 3' });
  server.emit({ kind: 'stage', project: 'flight-delay', stage: 'monitoring', verdict: 'pass', reason: '' });
  await page.getByRole('cell', { name: 'Rollback' }).waitFor();
  await page.getByRole('button', { name: /^Show as table/ }).click();
  const events = page.getByRole('region', { name: 'Events of still-good: roc_auc over 7 days' });
  assert.equal(await events.getByRole('row').count(), (timeline.marks?.length ?? 0) + 1);
  timeline.marks?.pop();
  await page.getByRole('link', { name: /^all refused: fair/ }).click();
  await page.getByRole('heading', { level: 1, name: 'flight-delay v2, trained on all history' }).waitFor();
  assert.deepEqual(watched.errors, []);
});

test('a refused candidate shows the gate that it failed, and the windows behind it', async () => {
  await using server = await startFixtureServer({ dist: board.dist });
  await using watched = await watchedPage(browser, DESK, server.url);
  const { page } = watched;
  await page.goto(`${server.url}/?project=flight-delay&stage=retraining`);
  await page.getByRole('link', { name: 'v2, trained on all history' }).click();
  await page.getByRole('heading', { name: 'Why it was refused' }).waitFor();
  const bars = page.getByRole('img', { name: /^Difference from the champion \(v1\) in roc_auc/ });
  await bars.getByText('no difference').waitFor();
  await page.getByRole('img', { name: /candidate v2: train 2001-01-01 to 2001-03-06/ }).waitFor();
  await page.getByRole('region', { name: 'Criteria' }).first().getByText('disparate_impact').waitFor();
  assert.deepEqual(
    (await page.getByRole('heading', { level: 2 }).allTextContents()).filter((text) =>
      text.startsWith('Evidence'),
    ),
    ['Evidence: Retraining', 'Evidence: Evaluation'],
  );
  const card = page.getByRole('link', { name: 'Model card' });
  assert.equal(await card.getAttribute('href'), '/api/tend/v1/models/flight-delay/card.html?version=2');
});

test('what is not there is said, with a way back', async () => {
  await using server = await startFixtureServer({ dist: board.dist });
  await using watched = await watchedPage(browser, DESK, server.url);
  const { page } = watched;
  await page.goto(`${server.url}/incidents/inc_9`);
  await page.getByText('The incident could not be read.').waitFor();
  await page.goto(`${server.url}/projects/flight-delay/candidates/cnd_9`);
  await page.getByRole('link', { name: 'Back to the board' }).click();
  await boardIsLive(page);
});
