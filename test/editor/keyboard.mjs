// @ts-check
import assert from 'node:assert/strict';

/** More stops than a panel has, so that a walk by Tab ends. */
const MOST_STOPS = 120;

/**
 * What has the focus in a webview, however deep.
 *
 * @param {import('playwright-core').FrameLocator} frame
 * @returns {Promise<{ name: string, isMarked: boolean }>} its role and the name that a screen reader says; whether one sees that it has the focus
 */
export function focusIn(frame) {
  return frame.locator('body').evaluate((body) => {
    let element = body.ownerDocument.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    const root = element?.getRootNode();
    const label = element?.id && root instanceof ShadowRoot ? root.querySelector(`label[for="${element.id}"]`) : null;
    const kind = element instanceof HTMLInputElement ? element.type : element?.tagName.toLowerCase();
    const text = element?.getAttribute('aria-label') ?? label?.textContent ?? element?.textContent ?? '';
    const name = `${element?.getAttribute('role') ?? kind ?? ''} ${text.trim()}`;

    const probe = body.ownerDocument.createElement('i');
    probe.style.color = 'var(--vscode-focusBorder)';
    body.append(probe);
    const focusColor = getComputedStyle(probe).color;
    probe.remove();
    if (element === null) return { name, isMarked: false };
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
    const isOutlined = outlineStyle !== 'none' && parseFloat(outlineWidth) > 0 && outlineColor !== 'rgba(0, 0, 0, 0)';
    // A field is marked by the border of the box around it.
    const box = element instanceof HTMLInputElement ? element.parentElement : null;
    const isBoxed = box !== null && getComputedStyle(box).borderTopColor === focusColor;
    return { name, isMarked: isOutlined || isBoxed };
  });
}

/**
 * Walks by Tab until what has the focus reads so.
 *
 * @param {import('./workbench.mjs').Workbench} workbench
 * @param {import('playwright-core').FrameLocator} frame
 * @param {RegExp} wanted
 * @param {'Tab' | 'Shift+Tab'} [key]
 * @throws {Error} naming what was passed, when it is not reached, or one does not see where one is
 */
export async function tabTo(workbench, frame, wanted, key = 'Tab') {
  const passed = [];
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    const { name, isMarked } = await focusIn(frame);
    if (wanted.test(name)) {
      assert.ok(isMarked, `one does not see that “${name}” has the focus`);
      return;
    }
    passed.push(name);
    await workbench.page.keyboard.press(key);
  }
  throw new Error(`${wanted} is not reached by ${key}; passed were ${passed.join(' | ')}`);
}

/**
 * Types in the place of what a field says. Not after Control+A: in a webview VS Code carries that out itself, and on a busy
 * machine only when the first character is there.
 *
 * @param {import('./workbench.mjs').Workbench} workbench
 * @param {string} text
 */
export async function typeOver({ page }, text) {
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+End');
  await page.keyboard.type(text);
}
