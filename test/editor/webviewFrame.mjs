// @ts-check
import { retry } from './retry.mjs';

/**
 * A tab's name for screen readers: its text on screen has the extension apart or leaves it out.
 * With several groups ", Editor Group 1" follows.
 *
 * @param {string} title
 */
export function tabSelector(title) {
  const quoted = JSON.stringify(title).slice(1, -1);
  return `.tab[aria-label="${quoted}"], .tab[aria-label^="${quoted}, "]`;
}

/**
 * Finds the content of a webview that is on screen.
 *
 * VS Code keeps the frames of all webviews in one layer over the window, not inside their tab or
 * view, and hidden ones stay there. So a webview belongs to the editor group or the view that
 * its middle lies in, and its title is that of the group's active tab or of the view.
 *
 * @param {import('playwright-core').Page} page
 * @param {string | number} which its title, or its place among the visible ones, from the left and top
 * @returns {Promise<import('playwright-core').FrameLocator>} valid until the window is reloaded
 */
export async function webviewFrame(page, which) {
  const name = await retry(`find the webview ${JSON.stringify(which)}`, async () => {
    const visible = await page.evaluate(visibleWebviews);
    const found =
      typeof which === 'number'
        ? visible[which]
        : visible.find(({ title }) => title === which || title.startsWith(`${which}, `));
    if (!found) throw new Error(`on screen are ${JSON.stringify(visible.map(({ title }) => title))}`);
    return found.name;
  });
  return page.frameLocator(`iframe.webview.ready[name="${name}"]`).frameLocator('#active-frame');
}

/** Runs in the page. */
function visibleWebviews() {
  /** @param {Element} element */
  const box = (element) => element.getBoundingClientRect();
  /**
   * @param {string} selector
   * @param {{ x: number, y: number }} point
   */
  const around = (selector, { x, y }) =>
    [...document.querySelectorAll(selector)].find((element) => {
      const { left, right, top, bottom } = box(element);
      return left <= x && x <= right && top <= y && y <= bottom;
    });

  const frames = [...document.querySelectorAll('iframe.webview.ready')].filter(
    (frame) => getComputedStyle(frame).visibility === 'visible' && box(frame).width > 0 && box(frame).height > 0,
  );
  const webviews = frames.map((frame) => {
    const { left, top, width, height } = box(frame);
    const middle = { x: left + width / 2, y: top + height / 2 };
    const title =
      around('.editor-group-container', middle)?.querySelector('.tab.active')?.getAttribute('aria-label') ??
      around('.split-view-view .pane', middle)?.querySelector('.pane-header .title')?.textContent;
    return { name: frame.getAttribute('name') ?? '', title: title?.trim() ?? '', left, top };
  });
  return webviews.sort((a, b) => a.left - b.left || a.top - b.top);
}
