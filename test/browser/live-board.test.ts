// needs: chromium, ui
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { startTend } from '../tend-process.ts';
import type { TendServer } from '../tend-process.ts';
import { tinyProject } from '../tiny-project.ts';
import type { TinyProject } from '../tiny-project.ts';
import { cell, checkBoard } from './board-checks.ts';
import { openBrowser, watchedPage } from './browser.ts';

const LEAD = { name: 'lead', password: 'a tide comes in twice a day' };

const CARRIED_OUT = ['problem', 'data', 'training', 'evaluation', 'testing', 'deployment'] as const;

let project: TinyProject;
let server: TendServer;
let url: string;
let browser: Browser;

before(async () => {
  project = tinyProject('classification');
  project.edit('tend.yaml', /$/, 'governance: { approve: { production: { by: lead, not: author } } }\n');
  const admin = { TEND_ADMIN_USER: LEAD.name, TEND_ADMIN_PASSWORD: LEAD.password };
  // One after the other: a browser that was opened beside a server that failed would never be closed.
  server = await startTend(['up'], { cwd: project.dir, env: admin });
  browser = await openBrowser();
  url = server.urls[0] ?? '';
});
after(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
  project?.[Symbol.dispose]();
});

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('Name').fill(LEAD.name);
  await page.getByLabel('Password').fill(LEAD.password);
  await page.keyboard.press('Enter');
}

/** The API, as the lead. */
async function post(path: string, body: unknown): Promise<Record<string, string>> {
  const basic = Buffer.from(`${LEAD.name}:${LEAD.password}`).toString('base64');
  const headers = { authorization: `Basic ${basic}`, 'content-type': 'application/json' };
  const response = await fetch(`${url}/api/tend/v1/${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  assert.equal(response.status, 200, await response.clone().text());
  return (await response.json()) as Record<string, string>;
}

test('the board follows an apply until it waits, and another identity opens the gate', async () => {
  await post('accounts', { name: 'builder', kind: 'service', roles: ['editor'] });
  const token = await post('tokens', { name: 'ci', account: 'builder' });
  await using watched = await watchedPage(browser, { theme: 'light', width: 1280 }, url);
  const { page } = watched;
  page.setDefaultTimeout(30_000);
  await page.goto(url);
  await signIn(page);
  await page.getByText('No project yet').waitFor();
  await page.evaluate('window.sinceTheFirstLoad = true');

  const applied = project.tend(['apply', '--yes', '--json'], { env: { TEND_TOKEN: token['secret'] ?? '' } });
  await cell(page, 'tiny', 'problem').getByText('Pass').waitFor();
  await cell(page, 'tiny', 'deployment').getByText('Waiting').waitFor();
  const { code, data } = await applied;
  assert.equal(code, 0);
  assert.match(data().waiting, /approval by lead/);

  await page.getByRole('button', { name: /^Approve/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await cell(page, 'tiny', 'deployment').getByText('Pass').waitFor();
  for (const stage of CARRIED_OUT)
    assert.match((await cell(page, 'tiny', stage).textContent()) ?? '', /Pass/);

  await cell(page, 'tiny', 'deployment').click();
  const panel = page.getByRole('dialog', { name: 'tiny / Deployment' });
  await panel.getByText('Version 1 takes all traffic of tiny').waitFor();
  assert.equal(await page.evaluate('window.sinceTheFirstLoad'), true, 'the page was never loaded anew');
  assert.deepEqual(watched.errors, []);
  assert.deepEqual(watched.foreign, []);
});

for (const theme of ['light', 'dark'] as const) {
  test(`what the stages wrote is accessible, fits, and stays at home (${theme})`, async () => {
    const view = { theme, width: theme === 'light' ? 1280 : 390 };
    await checkBoard({ browser, view, url, project: 'tiny', stages: CARRIED_OUT, enter: signIn });
  });
}
