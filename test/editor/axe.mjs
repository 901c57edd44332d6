// @ts-check
import axe from 'axe-core';

/** Of these nothing is let pass; "minor" and "moderate" are axe's words for what is a nuisance. */
const GRAVE = ['serious', 'critical'];

/**
 * What axe finds wrong in a webview: in its own frame, and in the shadow trees of its elements.
 *
 * @param {import('playwright-core').FrameLocator} frame
 * @param {readonly string[]} [rules] only these; all, unless told
 * @returns {Promise<string[]>} what is serious or critical, with the first elements that have it
 */
export async function graveFindings(frame, rules) {
  const body = frame.locator('body');
  if (!(await body.evaluate(() => 'axe' in window))) await body.evaluate(axe.source);
  // A webview is transparent: what is behind its frame axe would take for white.
  await body.evaluate(() => (document.documentElement.style.background = 'var(--vscode-editor-background)'));
  const { violations } = await body.evaluate(check, rules);
  return violations
    .filter(({ impact }) => GRAVE.includes(impact ?? ''))
    .map(({ id, impact, help, nodes }) => {
      const places = nodes
        .slice(0, 5)
        .map(({ target, failureSummary }) => `${target.flat().join(' ')}: ${failureSummary}`);
      return [`${impact} ${id}, ${nodes.length} times: ${help}`, ...places].join('\n  ');
    });
}

/**
 * Runs in the webview.
 *
 * @param {Element} _body
 * @param {readonly string[] | undefined} rules
 * @returns {Promise<import('axe-core').AxeResults>}
 */
function check(_body, rules) {
  const { axe } = /** @type {{ axe: import('axe-core') }} */ (/** @type {unknown} */ (window));
  const chosen = rules && { runOnly: { type: /** @type {const} */ ('rule'), values: [...rules] } };
  return axe.run(document, { resultTypes: ['violations'], elementRef: false, ...chosen });
}
