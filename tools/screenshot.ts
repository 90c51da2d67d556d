/**
 * Takes the pictures of the README from a running server: the board, and the timeline of a project.
 *
 *   node tools/screenshot.ts --url http://127.0.0.1:4600
 *
 * It writes docs/images/{board,timeline}-{light,dark}.png.
 * The server is the one that `npm start` leaves running. What the pictures show is what it says.
 * `--project` names the project of the timeline, `--out` another folder.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { boardIsLive, timelineIsDrawn } from '../test/browser/board-checks.ts';
import { openBrowser, watchedPage } from '../test/browser/browser.ts';

/** The width of a README; each picture is as high as what it shows, within these bounds. */
const WIDTH = 1280;
const HEIGHT_MIN = 420;
const HEIGHT_MAX = 1100;

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:4600' },
    project: { type: 'string', default: 'flight-delay' },
    out: { type: 'string', default: fileURLToPath(new URL('../docs/images', import.meta.url)) },
  },
});

/** Pixels below the last thing on the page, so that the picture does not end in emptiness. */
const FOOT = 24;

/** Makes the window as high as the page's content, then takes it. */
async function take(page: Page, name: string): Promise<void> {
  const end: number = await page.evaluate(
    'Math.ceil(document.querySelector("main > :last-child").getBoundingClientRect().bottom + scrollY)',
  );
  const height = Math.min(HEIGHT_MAX, Math.max(HEIGHT_MIN, end + FOOT));
  await page.setViewportSize({ width: WIDTH, height });
  await page.screenshot({ path: join(values.out, `${name}.png`) });
}

await mkdir(values.out, { recursive: true });
const url = values.url.replace(/\/+$/, '');
const browser = await openBrowser();
try {
  for (const theme of ['light', 'dark'] as const) {
    await using watched = await watchedPage(browser, { theme, width: WIDTH }, url);
    const { page } = watched;
    await page.goto(url);
    await boardIsLive(page);
    await page.waitForLoadState('load');
    await page.getByRole('heading', { name: /^Needs you/ }).waitFor();
    await take(page, `board-${theme}`);
    await page.goto(`${url}/projects/${encodeURIComponent(values.project)}/timeline`);
    await timelineIsDrawn(page);
    await take(page, `timeline-${theme}`);
  }
} finally {
  await browser.close();
}
