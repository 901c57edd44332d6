// @ts-check
import { eventually } from './panelFrame.mjs';

/**
 * Opens the context menu of a row and chooses an item of it.
 *
 * @param {import('./workbench.mjs').Workbench} workbench
 * @param {import('playwright-core').Locator} row
 * @param {string} label as much of the item's text as makes it unique
 */
export async function chooseInMenu(workbench, row, label) {
  await row.click({ button: 'right' });
  const item = workbench.page.locator('.monaco-menu .action-item', { hasText: label }).first();
  await item.waitFor();
  // A menu takes no click for a moment after it has opened, and closes under the pointer when it takes one.
  await eventually(`the menu to take "${label}"`, async () => {
    if ((await item.count()) === 0) return true;
    await item.click({ timeout: 1000 }).catch(() => undefined);
    return false;
  });
}
