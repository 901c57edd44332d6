// @ts-check
import { eventually } from './panelFrame.mjs';
import { pressOnce } from './pressOnce.mjs';
import { tryMs } from './retry.mjs';

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
