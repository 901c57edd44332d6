// @ts-check
import { pressOnce } from './pressOnce.mjs';
import { retry, tryMs } from './retry.mjs';

/**
 * Opens the context menu of a row and chooses an item of it.
 *
 * @param {import('./workbench.mjs').Workbench} workbench
 * @param {import('playwright-core').Locator} row
 * @param {string} label as much of the item's text as makes it unique
 */
export async function chooseInMenu(workbench, row, label) {
  const item = workbench.page.locator('.monaco-menu .action-item', { hasText: label }).first();
  // A panel that was just opened takes the focus once it has loaded, which closes the menu: then it is opened anew.
  await retry(`choose "${label}" in the menu`, async (attempt) => {
    // A menu that is still there, without the item, lets nothing through to the row.
    if ((await workbench.page.locator('.monaco-menu-container .context-view-block').count()) > 0)
      await workbench.page.keyboard.press('Escape');
    await row.click({ button: 'right', timeout: tryMs(attempt) });
    await item.waitFor({ timeout: tryMs(attempt) });
    // It takes no click for a moment after it has opened, and closes under the pointer when it takes one.
    do await pressOnce(item, tryMs(attempt));
    while (!(await hasGone(item, tryMs(attempt))));
  });
}

/** @param {import('playwright-core').Locator} item @param {number} timeout milliseconds */
const hasGone = (item, timeout) =>
  item.waitFor({ state: 'detached', timeout }).then(
    () => true,
    () => false,
  );
