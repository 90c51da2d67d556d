// needs: chromium
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { assertAccessible, assertFits, boardIsLive } from './board-checks.ts';
import { openBrowser, watchedPage } from './browser.ts';
import type { WatchedPage } from './browser.ts';
import { builtBoard } from './built-board.ts';
import type { BuiltBoard } from './built-board.ts';
import { startFixtureServer } from './fixture-server.ts';

let board: BuiltBoard;
let browser: Browser;

before(async () => {
  [board, browser] = await Promise.all([builtBoard(), openBrowser()]);
});
after(async () => {
  await browser.close();
  await board[Symbol.asyncDispose]();
});

/** The board with a fault planted by a script that runs in the page. */
async function withFault(script: string, check: (watched: WatchedPage) => Promise<void>): Promise<void> {
  await using server = await startFixtureServer({ dist: board.dist });
  await using watched = await watchedPage(browser, { theme: 'light', width: 390 }, server.url);
  await watched.page.goto(server.url);
  await boardIsLive(watched.page);
  await watched.page.evaluate(script);
  await check(watched);
}

test('a button without a name and text without contrast are found', async () => {
  const button = 'document.querySelector("main").append(document.createElement("button"))';
  await withFault(button, ({ page }) => assert.rejects(assertAccessible(page, 'board'), /button-name/));
  const pale = 'document.querySelector("h1").style.color = "#bbb"';
  await withFault(pale, ({ page }) => assert.rejects(assertAccessible(page, 'board'), /color-contrast/));
});

test('content wider than the window is found', async () => {
  const wide = 'document.querySelector("h1").style.minWidth = "500px"';
  await withFault(wide, ({ page }) => assert.rejects(assertFits(page, 'board'), /px wider/));
});

test('a breach of the content security policy and a request to another origin are found', async () => {
  const style = 'document.querySelector("h1").setAttribute("style", "color: red")';
  await withFault(style, async ({ page, errors }) => {
    await page.waitForFunction('true');
    assert.match(errors.join('\n'), /Content Security Policy/);
  });
  const image = 'void (new Image().src = "http://127.0.0.1:9/x.png")';
  await withFault(image, async ({ page, foreign, errors }) => {
    await page.waitForFunction('true');
    assert.ok(foreign.length + errors.length > 0);
  });
});
