import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { STAGES } from '../../src/kernel/verdict.ts';
import type { Stage } from '../../src/kernel/verdict.ts';
import { watchedPage } from './browser.ts';
import type { View } from './browser.ts';

/** WCAG 2.2 at level AA, and what it builds on. */
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];

const axePath = fileURLToPath(import.meta.resolve('axe-core/axe.min.js'));

interface AxeFinding {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** Fails with every violation that axe finds on the page as it is now. */
export async function assertAccessible(page: Page, what: string): Promise<void> {
  await page.evaluate(await readFile(axePath, 'utf8'));
  const options = JSON.stringify({ runOnly: { type: 'tag', values: AXE_TAGS } });
  const findings: readonly AxeFinding[] = await page.evaluate(
    `axe.run(document, ${options}).then(({ violations }) => violations)`,
  );
  const told = findings.map(({ id, help, nodes }) => {
    const places = nodes.map(({ html, failureSummary }) => `    ${html}\n    ${failureSummary}`);
    return `  ${id}: ${help}\n${places.join('\n')}`;
  });
  assert.equal(findings.length, 0, `${what}\n${told.join('\n')}`);
}

/** Fails where the page is wider than its window: a phone would scroll sideways. */
export async function assertFits(page: Page, what: string): Promise<void> {
  const overflow: number = await page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
  assert.equal(overflow, 0, `${what} is ${overflow} px wider than the window`);
}

/** Waits until the board is drawn and changes arrive. */
export async function boardIsLive(page: Page): Promise<void> {
  await page.getByRole('grid', { name: 'Lifecycle board' }).waitFor();
  await page.getByText('Live', { exact: true }).waitFor();
}

/** Waits until the picture of the timeline page and what happened are drawn. */
export async function timelineIsDrawn(page: Page): Promise<void> {
  await page.getByRole('main').getByRole('img').first().waitFor();
  await page.getByRole('region', { name: 'What happened, newest first' }).waitFor();
}

/** Presses Tab until what has the focus answers to the test; fails after a hundred. */
export async function tabTo(page: Page, what: string, isThere: (focused: string) => boolean): Promise<void> {
  for (let press = 0; press < 100; press += 1) {
    await page.keyboard.press('Tab');
    if (isThere(await focusedName(page))) return;
  }
  assert.fail(`expected Tab to lead to ${what}`);
}

/** Id and text of what has the focus. */
export function focusedName(page: Page): Promise<string> {
  return page.evaluate(
    '(({ id, ariaLabel, textContent }) => `#${id} ${ariaLabel ?? textContent}`)(document.activeElement)',
  );
}

/** The button of a cell. */
export function cell(page: Page, project: string, stage: string) {
  return page.locator(`[id="cell-${stage}-${project}"]`);
}

interface BoardCheck {
  readonly browser: Browser;
  readonly view: View;
  /** Where the board is served, without a slash at the end; any server will do. */
  readonly url: string;
  /** A project that the server has. */
  readonly project: string;
  /** Stages whose panels are looked at; all ten by default. */
  readonly stages?: readonly Stage[];
  /** What comes before the board: signing in. */
  readonly enter?: (page: Page) => Promise<void>;
}

/**
 * Opens the board and the panels of a project, and fails where one is not accessible, wider than the window,
 * writes an error to the console (a breach of the content security policy is one), or asks another origin.
 */
export async function checkBoard({
  browser,
  view,
  url,
  project,
  stages = STAGES,
  enter,
}: BoardCheck): Promise<void> {
  await using watched = await watchedPage(browser, view, url);
  const { page } = watched;
  await page.goto(url);
  await enter?.(page);
  await boardIsLive(page);
  await assertAccessible(page, 'the board');
  await assertFits(page, 'the board');
  for (const stage of stages) {
    await page.goto(`${url}/?project=${encodeURIComponent(project)}&stage=${stage}`);
    const panel = page.getByRole('dialog');
    await panel.getByText(/^(?:Own hash|None yet\.)$/).waitFor();
    await assertAccessible(page, `the panel of ${stage}`);
    await assertFits(page, `the panel of ${stage}`);
    const asTable = panel.getByRole('button', { name: /^Show as table/ });
    const figures = await asTable.count();
    // One at a time: a button that was pressed is called otherwise afterwards.
    for (let left = figures; left > 0; left -= 1) await asTable.first().click();
    for (const json of await panel.locator('summary').all()) await json.click();
    if (figures > 0) await assertAccessible(page, `the tables of ${stage}`);
  }
  assert.deepEqual(watched.errors, []);
  assert.deepEqual(watched.foreign, []);
}
