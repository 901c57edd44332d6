// @ts-check
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { repository } from './output.mjs';

/** Attributes that are read out or shown. */
const SPOKEN = ['title', 'placeholder', 'alt', 'label', 'aria-label', 'aria-valuetext', 'aria-description'];

/** A few, so that a failure can be read. */
const MOST_FOUND = 20;

/** English texts of ours whose German is another. */
function english() {
  const german = JSON.parse(readFileSync(path.join(repository, 'l10n/bundle.l10n.de.json'), 'utf8'));
  return Object.keys(german).filter((text) => text.length > 2 && german[text] !== text && !text.includes('{'));
}

/**
 * English texts that a German panel shows or speaks, in its own document and in the shadow trees of its elements.
 *
 * @param {import('playwright-core').FrameLocator} frame
 * @returns {Promise<string[]>}
 */
export async function englishTexts(frame) {
  const found = await frame.locator('body').evaluate(textsIn, SPOKEN);
  const known = new Set(english());
  return [...new Set(found)].filter((text) => known.has(text)).slice(0, MOST_FOUND);
}

/**
 * What a narrow panel cuts off: elements that are wider than the page, and texts that do not fit their box.
 *
 * @param {import('playwright-core').FrameLocator} frame
 * @returns {Promise<string[]>}
 */
export async function cutOff(frame) {
  return (await frame.locator('body').evaluate(overflowing)).slice(0, MOST_FOUND);
}

/** Runs in the webview. @param {Element} body @param {readonly string[]} attributes */
function textsIn(body, attributes) {
  /** @type {string[]} */
  const texts = [];
  /** @param {Node} node */
  const visit = (node) => {
    if (node instanceof Element) {
      if (['SCRIPT', 'STYLE'].includes(node.tagName)) return;
      for (const name of attributes) texts.push((node.getAttribute(name) ?? '').trim());
      node.shadowRoot?.childNodes.forEach(visit);
    } else if (node instanceof Text) texts.push((node.textContent ?? '').replace(/\s+/g, ' ').trim());
    node.childNodes.forEach(visit);
  };
  visit(body);
  return texts.filter(Boolean);
}

/** Runs in the webview. @param {Element} body */
function overflowing(body) {
  /** @type {string[]} */
  const found = [];
  const width = document.documentElement.clientWidth;
  /** @param {Element} element */
  const textOf = (element) => (element instanceof HTMLInputElement ? element.value : (element.textContent ?? ''));
  /** @param {Element} element */
  const named = (element) =>
    `${element.tagName.toLowerCase()}${element.className && typeof element.className === 'string' ? `.${element.className.trim().replace(/\s+/g, '.')}` : ''} "${textOf(element).replace(/\s+/g, ' ').trim().slice(0, 60)}"`;
  /**
   * @param {Element} element
   * @param {boolean} scrolls whether something around it can be scrolled sideways
   */
  const visit = (element, scrolls) => {
    const style = getComputedStyle(element);
    if (style.display === 'none') return;
    const box = element.getBoundingClientRect();
    // Also what is hidden makes the page wider.
    if (!scrolls && box.right > width + 1)
      found.push(`beyond the page by ${Math.round(box.right - width)} px: ${named(element)}`);
    const isSeen = box.width > 1 && box.height > 1 && style.opacity !== '0' && style.visibility !== 'hidden';
    const ends = ['hidden', 'clip'].includes(style.overflowX);
    // An ellipsis is a choice, for which a title has the whole text.
    const isShortened = style.textOverflow === 'ellipsis' && element.closest('[title]') !== null;
    if (isSeen && ends && !isShortened && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 1)
      found.push(`cut by ${element.scrollWidth - element.clientWidth} px: ${named(element)}`);
    const nowScrolls = scrolls || ['auto', 'scroll'].includes(style.overflowX) || ends;
    for (const child of [...(element.shadowRoot?.children ?? []), ...element.children]) visit(child, nowScrolls);
  };
  visit(body, false);
  if (document.documentElement.scrollWidth > width + 1)
    found.push(`the page scrolls sideways by ${document.documentElement.scrollWidth - width} px`);
  return found;
}
