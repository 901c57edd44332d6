// @ts-check

/**
 * Watches from now on what moves in a webview: animations and transitions of any element, and canvases that pass through
 * more than one picture. What a panel draws a second time because it was asked to is no motion; a glide is many pictures.
 *
 * @param {import('playwright-core').FrameLocator} view
 */
export async function watchMotion(view) {
  await view.locator('body').evaluate(startWatching);
}

/**
 * What has moved since, and how many pictures each canvas has shown.
 *
 * @param {import('playwright-core').FrameLocator} view
 * @returns {Promise<{ moved: string[], pictures: number }>} `pictures` of the canvas that has shown the most
 */
export function motionSeen(view) {
  return view.locator('body').evaluate(() => {
    const { moved, pictures } = /** @type {any} */ (window).motion;
    const counts = [...pictures.values()].map((/** @type {Set<string>} */ shown) => shown.size);
    return { moved: [...moved], pictures: Math.max(0, ...counts) };
  });
}

/** Runs in the webview. */
function startWatching() {
  /** @param {Document | ShadowRoot} root @returns {(Document | ShadowRoot)[]} */
  const rootsIn = (root) => [
    root,
    ...[...root.querySelectorAll('*')].flatMap(({ shadowRoot }) => (shadowRoot === null ? [] : rootsIn(shadowRoot))),
  ];
  const motion = { moved: new Set(), pictures: new Map(), isOver: false };
  const before = /** @type {any} */ (window).motion;
  if (before !== undefined) before.isOver = true;
  Object.assign(window, { motion });
  const look = () => {
    if (motion.isOver) return;
    for (const root of rootsIn(document)) {
      for (const animation of root.getAnimations()) {
        const { effect } = animation;
        const target = effect instanceof KeyframeEffect ? effect.target : null;
        const { animationName, transitionProperty } = /** @type {any} */ (animation);
        motion.moved.add(`${target?.localName}.${target?.className}: ${animationName ?? transitionProperty}`);
      }
      for (const canvas of root.querySelectorAll('canvas')) {
        const shown = motion.pictures.get(canvas) ?? new Set();
        shown.add(canvas.toDataURL());
        motion.pictures.set(canvas, shown);
      }
    }
    requestAnimationFrame(look);
  };
  look();
}
