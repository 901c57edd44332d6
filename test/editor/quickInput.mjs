// @ts-check
import { pressOnce } from './pressOnce.mjs';
import { retry, tryMs } from './retry.mjs';

/** The box at the top of the window: command palette, Quick Open, and the quick picks of extensions. */
export class QuickInput {
  /** @param {import('playwright-core').Page} page */
  constructor(page) {
    this.page = page;
    this.widget = page.locator('.quick-input-widget:visible');
    this.input = this.widget.locator('.quick-input-box input');
    this.rows = this.widget.locator('.quick-input-list .monaco-list-row');
  }

  /**
   * Opens the box from wherever the focus is, searches, and takes the row with exactly this label.
   *
   * @param {string} search what to type: `>` before a command
   * @param {string} label the row's label
   */
  async choose(search, label) {
    await retry(`choose "${label}" after typing "${search}"`, async (attempt) => {
      // A webview that has the focus may keep the key; its frame loses the focus on the second try.
      if (attempt > 1) await this.#takeFocus();
      await this.page.keyboard.press('F1');
      await this.input.fill(search, { timeout: tryMs(attempt) });
      await this.#take(label, attempt);
    });
  }

  /**
   * Runs a command as one does without a mouse.
   *
   * @param {string} title as the command palette shows it
   */
  async enter(title) {
    await retry(`enter "${title}"`, async (attempt) => {
      if (attempt > 1) await this.#takeFocus();
      await this.page.keyboard.press('F1');
      await this.input.fill(`>${title}`, { timeout: tryMs(attempt) });
      const first = this.rows.first().locator('.label-name', { hasText: exactly(title) });
      await first.waitFor({ timeout: tryMs(attempt) });
    });
    await this.page.keyboard.press('Enter');
  }

  /**
   * Takes a row of a quick pick that something else has opened.
   *
   * @param {string} label
   */
  async pick(label) {
    await retry(`pick "${label}"`, async (attempt) => {
      // A long list draws only the rows on screen, so a row may have to be searched for.
      if (!(await this.labels()).includes(label)) await this.input.fill(label, { timeout: tryMs(attempt) });
      await this.#take(label, attempt);
    });
  }

  /**
   * Answers an input box that something else has opened.
   *
   * @param {string} text
   */
  async answer(text) {
    await this.input.fill(text);
    await this.input.press('Enter');
  }

  /** @returns {Promise<string[]>} the labels of the rows that are drawn; a long list draws only its visible part */
  async labels() {
    return (await this.rows.locator('.label-name').allTextContents()).map((label) => label.trim());
  }

  /**
   * @param {string} label
   * @param {number} attempt
   */
  async #take(label, attempt) {
    const row = this.rows.filter({ has: this.page.locator('.label-name', { hasText: exactly(label) }) }).first();
    await pressOnce(row, tryMs(attempt)).catch(async (error) => {
      const offered = await this.labels();
      if (offered.includes(label)) throw error;
      throw new Error(offered.length > 0 ? `the box offers ${offered.join(' | ')}` : 'the box offers nothing');
    });
  }

  async #takeFocus() {
    await this.page.keyboard.press('Escape');
    await this.page.evaluate(() => {
      window.focus();
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    });
  }
}

/** @param {string} text */
function exactly(text) {
  return new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*$`);
}
