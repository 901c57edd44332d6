// @ts-check
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { screenshotsFolder } from './output.mjs';
import { THEMES } from './theme.mjs';

/** The places of the product, in the order of the sheet. */
const PLACES = /** @type {const} */ ([
  'First minute',
  'Configuration',
  'Runs',
  'Run panel',
  'Rank view',
  'Checkpoint inspector',
  'Playground',
  'Agents',
  'Doctor',
]);

/** A line for each picture that a test took; of two with one name the later counts. */
const LIST = path.join(screenshotsFolder, 'pictures.jsonl');

/**
 * @typedef {object} Subject
 * @property {typeof PLACES[number]} place
 * @property {string} name of the files, which the theme follows
 * @property {string} alt what is to be seen, in a sentence
 */

/**
 * Takes a picture of the window in every theme, for the sheet of them all. The window is dark after it.
 *
 * @param {import('./workbench.mjs').Workbench} workbench
 * @param {Subject} subject
 */
export async function picture(workbench, subject) {
  const files = [];
  for (const theme of /** @type {const} */ (['light', 'high-contrast', 'dark'])) {
    await workbench.setTheme(theme);
    await workbench.page.mouse.move(0, 0);
    files.push({ theme, file: path.basename(await workbench.screenshot(`${subject.name} ${theme}`)) });
  }
  await mkdir(screenshotsFolder, { recursive: true });
  await appendFile(LIST, `${JSON.stringify({ ...subject, files })}\n`);
}

/**
 * Writes index.html beside the pictures: every place in every theme.
 *
 * @returns {Promise<string | undefined>} its path; undefined when no test took a picture
 */
export async function writeContactSheet() {
  const text = await readFile(LIST, 'utf8').catch(() => '');
  /** @type {Map<string, Subject & { files: Array<{ theme: keyof typeof THEMES, file: string }> }>} */
  const subjects = new Map();
  for (const line of text.split('\n').filter(Boolean)) {
    const subject = JSON.parse(line);
    subjects.set(subject.name, subject);
  }
  if (subjects.size === 0) return undefined;
  const sections = PLACES.map((place) => {
    const here = [...subjects.values()].filter((subject) => subject.place === place);
    return here.length === 0 ? '' : `<h2>${place}</h2>\n${here.map(row).join('\n')}`;
  });
  const sheet = path.join(screenshotsFolder, 'index.html');
  await writeFile(sheet, `${HEAD}\n${sections.filter(Boolean).join('\n')}\n`);
  return sheet;
}

/** @param {Subject & { files: Array<{ theme: keyof typeof THEMES, file: string }> }} subject */
function row({ name, alt, files }) {
  const order = Object.keys(THEMES);
  const pictures = files
    .toSorted((a, b) => order.indexOf(a.theme) - order.indexOf(b.theme))
    .map(({ theme, file }) => {
      const image = `<img src="${encodeURI(file)}" alt="${escaped(`${alt} Theme: ${theme}.`)}" loading="lazy">`;
      return `<a href="${encodeURI(file)}">${image}</a>`;
    });
  return `<figure>\n<figcaption><strong>${escaped(name)}</strong> ${escaped(alt)}</figcaption>\n${pictures.join('\n')}\n</figure>`;
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

const HEAD = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>MoRA Studio, every place in every theme</title>
<style>
  body { font: 14px system-ui, sans-serif; margin: 24px; background: #888; color: #000; }
  figure { display: grid; grid-template-columns: repeat(3, 1fr); gap: 8px; margin: 0 0 24px; }
  figcaption { grid-column: 1 / -1; }
  img { width: 100%; display: block; }
</style>
<h1>MoRA Studio</h1>`;
