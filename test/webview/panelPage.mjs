// @ts-check
// A panel in a plain browser page: its bundle, a theme's variables, and the extension's own session behind it. Only
// VS Code is left out.
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { chromium } from 'playwright-core';

const repository = path.resolve(import.meta.dirname, '../..');

/** @typedef {'dark' | 'light' | 'high-contrast'} Theme */
/** @typedef {{ receive(message: unknown): void, dispose(): void, setVisible(visible: boolean): void }} Session */

/**
 * Compiles what the pages need.
 * @param {readonly string[]} bundles
 * @param {{ shipped?: boolean }} [options] shipped: as esbuild.mjs makes them for a release
 */
export async function preparePanels(bundles, { shipped = false } = {}) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'mora-studio-panels-'));
  await esbuild.build({
    entryPoints: bundles.map((name) => ({ in: path.join(repository, `webview/${name}/index.ts`), out: name })),
    outdir: folder,
    bundle: true,
    format: 'iife',
    target: 'es2022',
    ...(shipped && {
      minify: true,
      legalComments: /** @type {const} */ ('none'),
      conditions: ['production'],
      define: { 'process.env.NODE_ENV': '"production"' },
    }),
    tsconfig: path.join(repository, 'tsconfig.webview.json'),
    logLevel: 'warning',
  });
  await esbuild.build({
    entryPoints: [
      ...['runSession', 'rankSession'].map((name) => path.join(repository, `src/host/panels/${name}.ts`)),
      ...['inspectorSession', 'compareSession'].map((name) => path.join(repository, `src/host/inspector/${name}.ts`)),
      ...['playgroundSession', 'playgroundMemory'].map((name) =>
        path.join(repository, `src/host/playground/${name}.ts`),
      ),
      // What the form is told by the extension, without a document in an editor.
      path.join(repository, 'src/host/form/formContent.ts'),
      path.join(repository, 'src/host/form/formMessages.ts'),
      path.join(repository, 'src/engine/rpc/startEngineService.ts'),
      // What the engine answers the inspector with, here without a process of its own.
      ...['contents', 'statistics', 'values', 'compare'].map((name) =>
        path.join(repository, `src/engine/contents/${name}.ts`),
      ),
    ],
    entryNames: '[name]',
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'cjs', // @vscode/l10n requires what it needs of Node while it runs
    mainFields: ['module', 'main'], // the other entry of jsonc-parser cannot be bundled
    outExtension: { '.js': '.cjs' },
    tsconfig: path.join(repository, 'tsconfig.host.json'),
    logLevel: 'warning',
  });
  const server = createServer((request, response) => void serve(folder, request.url ?? '/', response));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  return {
    browser,
    url: `http://127.0.0.1:${port}`,
    /** @param {string} name of a session's file */
    load: (name) => import(pathToFileURL(path.join(folder, `${name}.cjs`)).href),
    /** @param {string} name of a bundle */
    bytesOf: async (name) => (await stat(path.join(folder, `${name}.js`))).size,
    close: async () => {
      await browser.close();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Opens a panel and connects it with a session.
 *
 * @param {Awaited<ReturnType<typeof preparePanels>>} panels
 * @param {{ bundle: string, element: string, theme: Theme, language?: string, width?: number | undefined, height?: number | undefined, state?: unknown, scale?: number, forcedColors?: 'active' | undefined }} options
 * @param {(post: (message: unknown) => void) => Session} openSession
 */
export async function openPanel(
  panels,
  { bundle, element, theme, language = 'en', width = 1280, height = 900, state, scale = 1, forcedColors },
  openSession,
) {
  const context = await panels.browser.newContext({
    viewport: { width, height },
    deviceScaleFactor: scale,
    colorScheme: theme === 'light' ? 'light' : 'dark',
    ...(forcedColors !== undefined && { forcedColors }),
  });
  const page = await context.newPage();
  /** @type {unknown[]} */
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  /** @type {Session | undefined} */
  let session;
  await page.exposeFunction('toHost', (/** @type {string} */ message) => session?.receive(JSON.parse(message)));
  await page.addInitScript(fakeVsCode, state);
  await page.goto(`${panels.url}/page?bundle=${bundle}&element=${element}&theme=${theme}&language=${language}`);
  session = openSession((message) => {
    page.evaluate((text) => window.dispatchEvent(new MessageEvent('message', { data: /** @type {any} */ (window).decode(text) })), encode(message)).catch(() => undefined); // prettier-ignore
  });
  await page.addScriptTag({ url: `${panels.url}/${bundle}.js` });
  return {
    page,
    errors,
    close: async () => {
      session?.dispose();
      await context.close();
    },
  };
}

/** Messages as text, with typed arrays and NaN kept: what postMessage does by itself. @param {unknown} message */
export function encode(message) {
  return JSON.stringify(message, (_, value) => {
    if (value instanceof Float64Array)
      return { $f64: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') };
    return typeof value === 'number' && !Number.isFinite(value) ? { $number: String(value) } : value;
  });
}

/** Runs in the page before the panel. @param {unknown} saved */
function fakeVsCode(saved) {
  let state = saved;
  Object.assign(window, {
    acquireVsCodeApi: () => ({
      postMessage: (/** @type {unknown} */ message) => /** @type {any} */ (window).toHost(JSON.stringify(message)),
      getState: () => state,
      setState: (/** @type {unknown} */ next) => {
        state = next;
        Object.assign(window, { savedState: next });
      },
    }),
    decode: (/** @type {string} */ text) =>
      JSON.parse(text, (_, value) => {
        if (value?.$f64 !== undefined) {
          const bytes = /** @type {any} */ (Uint8Array).fromBase64(value.$f64);
          return new Float64Array(bytes.buffer);
        }
        return value?.$number === undefined ? value : Number(value.$number);
      }),
  });
}

/** As src/host/panels/webviewHtml.ts puts them into the page. @param {string} language */
async function textsOf(language) {
  if (language === 'en') return '';
  const bundle = await readFile(path.join(repository, 'l10n', `bundle.l10n.${language}.json`), 'utf8');
  return `<script type="application/json" id="mora-texts">${bundle.replaceAll('<', '\\u003c')}</script>`;
}

/** @param {string} folder @param {string} url @param {import('node:http').ServerResponse} response */
async function serve(folder, url, response) {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  try {
    if (pathname === '/page') {
      const theme = JSON.parse(
        await readFile(path.join(import.meta.dirname, 'themes', `${searchParams.get('theme')}.json`), 'utf8'),
      );
      const variables = Object.entries(theme.variables).map(([name, value]) => `${name}: ${value};`);
      // The policy of src/host/panels/webviewHtml.ts, so that a style or script that VS Code would refuse shows here.
      const policy = `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-theme'; font-src 'self'; img-src data:`;
      const language = searchParams.get('language') ?? 'en';
      const texts = await textsOf(language);
      response.setHeader('content-type', 'text/html; charset=utf-8').end(`<!doctype html><html lang="${language}"><head>
<meta http-equiv="Content-Security-Policy" content="${policy}">
<style nonce="theme">html { ${variables.join(' ')} background: var(--vscode-editor-background); }
@layer vscode-default { body { margin: 0; padding: 0 20px; color: var(--vscode-editor-foreground); font-family: var(--vscode-font-family); font-size: var(--vscode-font-size); } }</style>
<link rel="stylesheet" id="vscode-codicon-stylesheet" href="/codicon.css"></head>
<body class="${theme.classes}"><${searchParams.get('element')}></${searchParams.get('element')}>${texts}</body></html>`);
      return;
    }
    const file = pathname.startsWith('/codicon')
      ? path.join(repository, 'node_modules/@vscode/codicons/dist', path.basename(pathname))
      : path.join(folder, path.basename(pathname));
    const types = { '.js': 'text/javascript; charset=utf-8', '.css': 'text/css', '.ttf': 'font/ttf' };
    response
      .setHeader('content-type', types[/** @type {'.js'} */ (path.extname(file))] ?? 'text/plain')
      .end(await readFile(file));
  } catch {
    response.writeHead(404).end();
  }
}
