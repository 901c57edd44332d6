// @ts-check
import { eventually } from './panelFrame.mjs';
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
  // A panel that was just opened takes the focus once it has loaded, which closes the menu.
  await retry(`open the menu with "${label}"`, async (attempt) => {
    await row.click({ button: 'right' });
    await item.waitFor({ timeout: tryMs(attempt) });
  });
  let attempt = 0;
  // A menu takes no click for a moment after it has opened, and closes under the pointer when it takes one.
  await eventually(`the menu to take "${label}"`, async () => {
    const milliseconds = tryMs(++attempt);
    await pressOnce(item, milliseconds).catch(() => undefined);
    return item.waitFor({ state: 'detached', timeout: milliseconds }).then(
      () => true,
      () => false,
    );
  });
}
