// needs: chromium
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import {
  assertAccessible,
  assertFits,
  boardIsLive,
  cell,
  checkBoard,
  focusedName,
  tabTo,
} from './board-checks.ts';
import { VIEWS, openBrowser, watchedPage } from './browser.ts';
import { builtBoard } from './built-board.ts';
import type { BuiltBoard } from './built-board.ts';
import { FIXTURE_ACCOUNT, startFixtureServer } from './fixture-server.ts';
import type { FixtureServer } from './fixture-server.ts';

const DESK = { theme: 'light', width: 1280 } as const;

let board: BuiltBoard;
let browser: Browser;

before(async () => {
  [board, browser] = await Promise.all([builtBoard(), openBrowser()]);
});
after(async () => {
  await browser.close();
  await board[Symbol.asyncDispose]();
});

async function openCell(page: Page, server: FixtureServer, search: string): Promise<void> {
  await page.goto(`${server.url}/?${search}`);
  await page.getByRole('dialog').waitFor();
  await page.getByRole('heading', { name: 'Evidence' }).waitFor();
}

for (const view of VIEWS) {
  const name = `${view.theme}, ${view.width} px`;
  test(`board and panels are accessible, fit, and stay at home (${name})`, async () => {
    await using server = await startFixtureServer({ dist: board.dist });
    const stages = ['problem', 'data', 'evaluation', 'testing', 'deployment', 'monitoring'] as const;
    await checkBoard({ browser, view, url: server.url, project: 'flight-delay', stages });
  });

  test(`progress and the approval dialog are accessible and fit (${name})`, async () => {
    await using server = await startFixtureServer({ dist: board.dist });
    await using watched = await watchedPage(browser, view, server.url);
    const { page } = watched;
    await page.goto(server.url);
    await boardIsLive(page);
    server.emit({ kind: 'progress', project: 'flight-delay', text: '3 of 8 trials', share: 0.3 });
    await page.getByText('3 of 8 trials').first().waitFor();
    await assertAccessible(page, 'board with progress');
    await page.getByRole('button', { name: /^Approve/ }).click();
    await page.getByRole('dialog').waitFor();
    await assertAccessible(page, 'approval');
    await assertFits(page, 'approval');
    assert.deepEqual(watched.errors, []);
  });
}

test('nothing needs sideways scrolling from 320 px up', async () => {
  await using server = await startFixtureServer({ dist: board.dist });
  await using watched = await watchedPage(browser, DESK, server.url);
  const { page } = watched;
  await page.goto(server.url);
  await boardIsLive(page);
  for (const width of [320, 600, 1000, 1247, 1250, 1280, 1920]) {
    await page.setViewportSize({ width, height: 800 });
    await assertFits(page, `the board at ${width} px`);
  }
  await page.goto(`${server.url}/?project=flight-delay&stage=evaluation`);
  await page.getByText('Own hash').waitFor();
  for (const width of [320, 700]) {
    await page.setViewportSize({ width, height: 800 });
    await assertFits(page, `the panel at ${width} px`);
  }
});

test('board, cell, evidence, next, close, approve: all by keyboard', async () => {
  await using server = await startFixtureServer({ dist: board.dist });
  await using watched = await watchedPage(browser, DESK, server.url);
  const { page } = watched;
  await page.goto(server.url);
  await boardIsLive(page);
  await tabTo(page, 'a cell', (focused) => focused.startsWith('#cell-problem-flight-delay'));
  for (let press = 0; press < 3; press += 1) await page.keyboard.press('ArrowRight');
  assert.match(await focusedName(page), /^#cell-evaluation-flight-delay Evaluation: Fail/);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'flight-delay / Evaluation' }).waitFor();
  assert.equal(new URL(page.url()).search, '?project=flight-delay&stage=evaluation');
  await page.getByText('disparate_impact').waitFor();
  await page.keyboard.press('j');
  await page.getByRole('dialog', { name: 'flight-delay / Testing' }).waitFor();
  await tabTo(page, 'the evidence of load', (focused) => focused.includes('Load holds'));
  await page.keyboard.press('Enter');
  await page.waitForURL(/evidence=ev_testing_8/);
  await page.keyboard.press('ArrowLeft');
  await page.getByRole('dialog', { name: 'flight-delay / Evaluation' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(new URL(page.url()).search, '');
  assert.match(await focusedName(page), /^#cell-evaluation-flight-delay/);
  await tabTo(page, 'Approve', (focused) => focused.includes('Approve: flight-delay v3'));
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.type('Read the model card, jk.');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.getByRole('status').filter({ hasText: 'Approved: flight-delay v3' }).waitFor();
  assert.deepEqual(server.decisions, [
    { path: 'approvals/ap_1/approve', body: { comment: 'Read the model card, jk.' } },
  ]);
  await page.waitForFunction('document.activeElement?.id === "needs-you-title"');
  assert.deepEqual(watched.errors, []);
});

test('a link opens its cell and evidence, and Back leads where one came from', {}, async () => {
  await using server = await startFixtureServer({ dist: board.dist });
  await using watched = await watchedPage(browser, DESK, server.url);
  const { page } = watched;
  await openCell(page, server, 'project=flight-delay&stage=testing&evidence=ev_testing_6');
  await page.getByRole('button', { name: /Coverage holds/, expanded: true }).waitFor();
  await page.goto(server.url);
  await cell(page, 'churn-score', 'data').click();
  await page.getByRole('dialog', { name: 'churn-score / Data' }).waitFor();
  await cell(page, 'flight-delay', 'data').click();
  await page.getByRole('dialog', { name: 'flight-delay / Data' }).waitFor();
  await page.goBack();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('a link to a cell that does not exist shows the board', async () => {
  await using server = await startFixtureServer({ dist: board.dist });
  await using watched = await watchedPage(browser, DESK, server.url);
  await watched.page.goto(`${server.url}/?project=gone&stage=data`);
  await boardIsLive(watched.page);
  assert.equal(await watched.page.getByRole('dialog').count(), 0);
});

test('a cell follows the stream, and what happened while it was down is fetched', async () => {
  await using server = await startFixtureServer({ dist: board.dist });
  await using watched = await watchedPage(browser, DESK, server.url);
  const { page } = watched;
  await page.goto(server.url);
  await boardIsLive(page);
  const stage = server.board.projects[2]?.stages[1];
  assert.ok(stage !== undefined);
  Object.assign(stage, { verdict: 'running', reason: 'reading orders' });
  server.emit({ kind: 'stage', project: 'delivery-time', ...stage });
  const data = cell(page, 'delivery-time', 'data');
  await data.getByText('Running').waitFor();
  server.emit({ kind: 'progress', project: 'delivery-time', text: '40 of 90 partitions', share: 0.44 });
  await page.getByText('40 of 90 partitions').waitFor();
  Object.assign(stage, { verdict: 'pass', reason: 'all checks hold' });
  server.dropStreams();
  await page.getByText('Reconnecting').waitFor();
  await boardIsLive(page);
  await data.getByText('Pass').waitFor();
  assert.equal(await page.getByText('40 of 90 partitions').count(), 0);
});

test('without a stream the board asks by itself', async () => {
  await using server = await startFixtureServer({ dist: board.dist });
  await using watched = await watchedPage(browser, DESK, server.url);
  const { page } = watched;
  await page.route('**/changes', (route) => route.fulfill({ status: 503 }));
  await page.goto(server.url);
  const data = cell(page, 'delivery-time', 'data');
  await data.getByText('Fail').waitFor();
  Object.assign(server.board.projects[2]?.stages[1] ?? {}, { verdict: 'pass', reason: 'all checks hold' });
  await data.getByText('Pass').waitFor();
});

test('sign-in: form, refusal, board, sign-out; the form is accessible', async () => {
  await using server = await startFixtureServer({ dist: board.dist, signIn: true });
  for (const view of VIEWS) {
    await using watched = await watchedPage(browser, view, server.url);
    const { page } = watched;
    await page.goto(server.url);
    await page.getByLabel('Name').fill(FIXTURE_ACCOUNT.name);
    assert.deepEqual(watched.errors, [], 'nothing is asked before the sign-in');
    await page.getByLabel('Password').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('Name or password is wrong.').waitFor();
    await assertAccessible(page, 'sign-in');
    await page.getByLabel('Password').fill(FIXTURE_ACCOUNT.password);
    await page.keyboard.press('Enter');
    await boardIsLive(page);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in to Tend' }).waitFor();
  }
});

test('the chosen theme is remembered, and the system decides until one is chosen', async () => {
  await using server = await startFixtureServer({ dist: board.dist });
  await using watched = await watchedPage(browser, { theme: 'dark', width: 390 }, server.url);
  const { page } = watched;
  const scheme = (): Promise<string> =>
    page.evaluate('getComputedStyle(document.documentElement).colorScheme');
  await page.goto(server.url);
  await boardIsLive(page);
  assert.equal(await scheme(), 'light dark');
  await page.getByRole('button', { name: 'Theme: as the system' }).click();
  await page.reload();
  await page.getByRole('button', { name: 'Theme: light' }).waitFor();
  assert.equal(await scheme(), 'light');
});

test('an empty server says how to begin, and a failing one what to do', async () => {
  await using server = await startFixtureServer({ dist: board.dist, board: { projects: [], items: [] } });
  for (const view of VIEWS) {
    await using watched = await watchedPage(browser, view, server.url);
    const { page } = watched;
    await page.goto(server.url);
    await page.getByText('No project yet').waitFor();
    await page.getByText('tend init').waitFor();
    await assertAccessible(page, 'empty board');
    await page.route('**/status', (route) =>
      route.fulfill({
        status: 400,
        json: { code: 'STATE_UNREADABLE', detail: 'The state cannot be read.', hint: 'Restore it.' },
      }),
    );
    await page.goto(server.url);
    await page.getByText('The state cannot be read. Restore it.').waitFor();
    await assertAccessible(page, 'failing board');
  }
});
