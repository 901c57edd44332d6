// @ts-check
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const VIEWPORT = { width: 1400, height: 900 };

/** What takes a second takes ten where a compiler, a training and a second editor share two cores with the window. */
export const TIMEOUT_MS = 60_000;

const FLAGS = [
  '--no-sandbox', // containers run as root
  '--disable-gpu',
  // Nothing here needs the network, and a closed one makes each of these wait and log.
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Starts a headless Chromium with an empty profile.
 *
 * @param {{ viewport?: { width: number, height: number }, headless?: boolean, language?: string }} [options] `language` is
 *   that of extensions: a language pack, which translates VS Code itself too, is not to be had without its marketplace
 * @returns {Promise<{ page: import('playwright-core').Page, close: () => Promise<void> }>}
 */
export async function openBrowser({ viewport = VIEWPORT, headless = true, language } = {}) {
  const executablePath = process.env.CHROMIUM_PATH || '/usr/bin/chromium';
  if (!existsSync(executablePath)) {
    throw new Error(
      `There is no Chromium at ${executablePath}: set CHROMIUM_PATH, or on Debian: apt-get update && apt-get install -y chromium`,
    );
  }
  const browser = await chromium.launch({
    executablePath,
    headless,
    args: FLAGS,
    // Its handlers exit at once, before the server is stopped. On exit Playwright ends Chromium anyway.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  const context = await browser.newContext({ viewport });
  if (language !== undefined) await context.addInitScript(pretendLanguage, language);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  return { page, close: () => browser.close() };
}

/** Runs in the window before VS Code, which asks this name for the language of its own texts. @param {string} language */
function pretendLanguage(language) {
  Object.defineProperty(globalThis, '_VSCODE_NLS_LANGUAGE', { get: () => language, set() {} });
}
