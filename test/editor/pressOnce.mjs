// @ts-check
/**
 * Clicks what goes away under the pointer: a row of a list, an item of a menu. A click of Playwright that has taken effect
 * still fails when a busy window acknowledges it late, and who tries again then acts twice. Here only the way there may fail.
 *
 * @param {import('playwright-core').Locator} target
 * @param {number} timeout milliseconds for it to stand still under the pointer
 * @throws {Error} before anything was pressed
 */
export async function pressOnce(target, timeout) {
  await target.hover({ timeout });
  if (!(await target.evaluate((element) => element.matches(':hover'), undefined, { timeout })))
    throw new Error('it has moved away from under the pointer');
  const { mouse } = target.page();
  await mouse.down();
  await mouse.up();
}
