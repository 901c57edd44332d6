// @ts-check
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openBrowser } from './browser.mjs';
import { drive } from './driverExtension.mjs';
import { fileName, screenshotsFolder } from './output.mjs';
import { QuickInput } from './quickInput.mjs';
import { retry } from './retry.mjs';
import { THEMES } from './theme.mjs';
import { tabSelector, webviewFrame } from './webviewFrame.mjs';

/** A cold start of server, extension host and browser on two cores takes five to ten seconds, and minutes on busy ones. */
const START_TIMEOUT_MS = 180_000;

/**
 * A VS Code window as the one who uses it sees it. All selectors of VS Code's markup, which is no
 * API and may change with a version, are here, in quickInput.mjs and in webviewFrame.mjs.
 */
export class Workbench {
  #closeBrowser;

  /**
   * What the window and its webviews have written to the console. Never empty: code-server itself
   * misses files and servers there, so look for lines of your own.
   *
   * @type {string[]}
   */
  browserLog = [];

  /**
   * Opens a window of the server in a browser of its own.
   *
   * @param {import('./codeServer.mjs').CodeServer} server
   * @param {Parameters<typeof openBrowser>[0]} [options]
   */
  static async open(server, options) {
    const browser = await openBrowser(options);
    const workbench = new Workbench(server, browser);
    try {
      await workbench.#go(server.url);
    } catch (error) {
      await browser.close();
      throw error;
    }
    return workbench;
  }

  /**
   * @param {import('./codeServer.mjs').CodeServer} server
   * @param {Awaited<ReturnType<typeof openBrowser>>} browser
   */
  constructor(server, { page, close }) {
    this.server = server;
    this.page = page;
    this.quickInput = new QuickInput(page);
    this.#closeBrowser = close;
    page.on('console', (message) => this.browserLog.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => this.browserLog.push(`uncaught: ${error.stack ?? error.message}`));
  }

  close() {
    return this.#closeBrowser();
  }

  /** @param {string} title as the command palette shows it, category included: "View: Toggle Panel" */
  async runCommand(title) {
    await this.quickInput.choose(`>${title}`, title);
  }

  /**
   * Opens a file of the workspace in its default editor.
   *
   * @param {string} file its path in the workspace
   */
  async openFile(file) {
    const name = path.posix.basename(file);
    await this.drive({ open: path.join(this.server.folder, file) });
    await this.tab(name).and(this.page.locator('.active')).first().waitFor();
  }

  /**
   * @param {string} file
   * @param {string} editor the editor's display name: "Text Editor"
   */
  async openFileWith(file, editor) {
    await this.openFile(file);
    await this.reopenWith(editor);
  }

  /** @param {string} editor the display name of another editor for the active file */
  async reopenWith(editor) {
    await this.runCommand('View: Reopen Editor With...');
    await this.quickInput.pick(editor);
  }

  /** @param {string} title of the editor: a file's name, a panel's title */
  tab(title) {
    return this.page.locator(tabSelector(title));
  }

  /**
   * The content of a webview on screen, to be asked for again after a reload.
   *
   * @param {string | number} [which] the title of its tab or view, or its place among the visible ones
   */
  webview(which = 0) {
    return webviewFrame(this.page, which);
  }

  /** @param {string} title of a container in the activity bar, which is opened unless it is open */
  async openActivity(title) {
    const item = this.page
      .locator('.activitybar .action-item')
      .filter({ has: this.page.locator(`a[aria-label^="${title}"]`) });
    if (!(await item.and(this.page.locator('.checked')).count())) await item.click();
    await this.page.locator('.sidebar .composite.title', { hasText: title }).waitFor();
  }

  /**
   * The rows of a tree in the side bar.
   *
   * @param {string} view its title
   */
  treeRows(view) {
    const pane = this.page.locator('.sidebar .pane').filter({
      has: this.page.locator('.pane-header .title', { hasText: view }),
    });
    return pane.locator('.monaco-list-row');
  }

  /** @returns {Promise<string>} the whole status bar in one line */
  async statusBarText() {
    const items = await this.page.locator('.statusbar-item').allTextContents();
    return items
      .map((text) => text.trim())
      .filter(Boolean)
      .join(' | ');
  }

  /** @param {string | RegExp} text */
  statusBarItem(text) {
    return this.page.locator('.statusbar-item').filter({ hasText: text });
  }

  /** @returns {Promise<string[]>} the texts of the notifications on screen */
  notifications() {
    return this.page.locator('.notification-toast .notification-list-item-message').allTextContents();
  }

  /** @param {string | RegExp} text */
  notification(text) {
    return this.page.locator('.notification-toast').filter({ hasText: text });
  }

  /** @param {string} button of the modal dialog that is open */
  async answerDialog(button) {
    await this.page.locator('.monaco-dialog-box').getByRole('button', { name: button, exact: true }).click();
  }

  /** Leaves the Restricted Mode of a server started with `workspaceTrust`. */
  async trustFolder() {
    await this.runCommand('Workspaces: Manage Workspace Trust');
    await this.page.locator('.workspace-trust-editor').getByRole('button', { name: 'Trust', exact: true }).click();
    await this.statusBarItem('Restricted Mode').waitFor({ state: 'hidden' });
  }

  /**
   * Prepares a step without the focus: the window stays as the one who uses it left it.
   *
   * @param {Parameters<typeof drive>[1]} order
   */
  async drive(order) {
    await retry(`drive ${JSON.stringify(order)}`, () => drive(this.server.driver, order));
  }

  /** @param {import('./theme.mjs').ThemeName} name */
  async setTheme(name) {
    const { setting, className } = THEMES[name];
    await this.drive({ settings: { 'workbench.colorTheme': setting } });
    await this.page.locator(`.monaco-workbench.${className}`).waitFor();
  }

  /**
   * Changes the user's settings and reloads: in a browser VS Code does not notice that the file has changed.
   *
   * @param {Readonly<Record<string, unknown>>} changes
   */
  async changeSettings(changes) {
    const { settingsFile } = this.server;
    const settings = JSON.parse(await readFile(settingsFile, 'utf8'));
    await writeFile(settingsFile, JSON.stringify({ ...settings, ...changes }, null, 2));
    await this.reload();
  }

  /** Reloads through VS Code's own command, which, unlike the browser's reload, saves the state of the window first. */
  async reload() {
    await this.page.evaluate(() => Object.assign(window, { beforeReload: true }));
    await this.runCommand('Developer: Reload Window');
    await retry('reload the window', async () => {
      if (await this.page.evaluate(() => 'beforeReload' in window)) throw new Error('it has not begun');
    });
    await this.#started();
  }

  /** Closes the window as one closes a tab of the browser; its extension host ends. */
  async leave() {
    await this.page.goto('about:blank');
  }

  /** Opens the window again, in the browser that remembers what was open. */
  async comeBack() {
    await this.#go(this.server.url);
  }

  /**
   * @param {string} name
   * @returns {Promise<string>} the path of the picture
   */
  async screenshot(name) {
    await mkdir(screenshotsFolder, { recursive: true });
    const file = path.join(screenshotsFolder, `${fileName(name)}.png`);
    await this.page.screenshot({ path: file });
    return file;
  }

  /** @param {string} url */
  async #go(url) {
    await this.page.goto(url, { timeout: START_TIMEOUT_MS });
    await this.#started();
  }

  async #started() {
    await this.page.locator('.monaco-workbench .statusbar-item').first().waitFor({ timeout: START_TIMEOUT_MS });
    await this.page.locator('.monaco-workbench[class*="vscode-theme-"]').waitFor({ timeout: START_TIMEOUT_MS });
    // VS Code waits half a minute for the extension host to have a command, which is not enough on a busy machine.
    await retry('reach the extension host', () => drive(this.server.driver, {}), START_TIMEOUT_MS);
  }
}
