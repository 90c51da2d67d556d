/**
 * Takes the pictures of the README from a running server.
 *
 *   node tools/screenshot.ts http://127.0.0.1:4600     writes docs/images/board-{light,dark}.png
 *
 * Start `tend up` in examples/flights after `tend apply`. What the pictures show is what that server says.
 */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { boardIsLive, cell } from '../test/browser/board-checks.ts';
import { openBrowser, watchedPage } from '../test/browser/browser.ts';

const FOLDER = fileURLToPath(new URL('../docs/images', import.meta.url));

/** The width of a README, and as high as the figures of one stage need. */
const SIZE = { width: 1280, height: 760 };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    project: { type: 'string', default: 'flight-delay' },
    stage: { type: 'string', default: 'evaluation' },
  },
});
const url = positionals[0] ?? 'http://127.0.0.1:4600';
await mkdir(FOLDER, { recursive: true });
const browser = await openBrowser();
for (const theme of ['light', 'dark'] as const) {
  await using watched = await watchedPage(browser, { theme, width: SIZE.width }, url);
  const { page } = watched;
  await page.setViewportSize(SIZE);
  await page.goto(url);
  await boardIsLive(page);
  await cell(page, values.project, values.stage).click();
  await page.getByRole('dialog').getByText('Own hash').waitFor();
  await page.screenshot({ path: `${FOLDER}/board-${theme}.png` });
}
await browser.close();
