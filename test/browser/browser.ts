import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';

/** Where the usual distributions put Chromium. */
const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * Headless, without what a browser does on its own over the network; `--no-sandbox`, as tests may run as
 * root.
 */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Path of a Chromium on this machine: TEND_CHROMIUM or a usual place; undefined where there is none. */
function chromiumPath(): string | undefined {
  return [process.env['TEND_CHROMIUM'] ?? '', ...CANDIDATES].find((path) => path !== '' && existsSync(path));
}

export async function openBrowser(): Promise<Browser> {
  const executablePath = chromiumPath();
  if (executablePath === undefined)
    throw new Error('expected a Chromium: install it, or name it in TEND_CHROMIUM');
  return chromium.launch({ executablePath, args: ARGUMENTS, headless: true });
}

export interface View {
  readonly theme: 'light' | 'dark';
  /** Pixels. */
  readonly width: number;
}

/** Both themes on a desk and on a phone. */
export const VIEWS: readonly View[] = [
  { theme: 'light', width: 1280 },
  { theme: 'dark', width: 1280 },
  { theme: 'light', width: 390 },
  { theme: 'dark', width: 390 },
];

/** A page that keeps account of what must not happen on it. */
export interface WatchedPage extends AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Messages of the console at error level, and uncaught errors. */
  readonly errors: readonly string[];
  /** Requests to any origin but the one of `baseUrl`. */
  readonly foreign: readonly string[];
}

/** Opens an empty page of a fresh profile, with reduced motion so that nothing is caught half way. */
export async function watchedPage(browser: Browser, view: View, baseUrl: string): Promise<WatchedPage> {
  const context = await browser.newContext({
    colorScheme: view.theme,
    reducedMotion: 'reduce',
    viewport: { width: view.width, height: view.width < 600 ? 844 : 800 },
  });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const errors: string[] = [];
  const foreign: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.origin !== new URL(baseUrl).origin) foreign.push(request.url());
  });
  return { page, context, errors, foreign, [Symbol.asyncDispose]: () => context.close() };
}
