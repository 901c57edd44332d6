// @ts-check
/**
 * Runs the editor tests one file after the other, for two editors at a time starve a small machine.
 *
 *     node test/editor/run.mjs [PART OF A FILE NAME …]
 */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { installedEditor } from './editorInstall.mjs';
import { writeContactSheet } from './gallery.mjs';
import { outputFolder, repository } from './output.mjs';

const FILE_TIMEOUT_MS = 30 * 60 * 1000;

const here = path.join(repository, 'test', 'editor');
const wanted = process.argv.slice(2);
const specs = (await readdir(here))
  .filter((name) => name.endsWith('.spec.mjs') && (wanted.length === 0 || wanted.some((part) => name.includes(part))))
  .sort();
if (specs.length === 0) throw new Error(`no test file of test/editor is named like ${wanted.join(' or ')}`);

// Here, because two minutes do not fit in the time limit of a test.
await installedEditor().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());

let passed = 0;
let failed = 0;
for (const spec of specs) {
  const events = run({ files: [path.join(here, spec)], timeout: FILE_TIMEOUT_MS, signal: interrupted.signal });
  for await (const { type, data } of events) {
    if (type === 'test:stderr' || type === 'test:stdout') process.stderr.write(data.message);
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const line = `${spec}: ${data.name} (${(data.details.duration_ms / 1000).toFixed(1)} s)`;
    if (type === 'test:fail') {
      failed++;
      console.log(`✗ ${line}\n${reason(data.details.error)}`);
    } else if (data.skip === undefined) {
      passed++;
      console.log(`✓ ${line}`);
    } else console.log(`- ${line} skipped`);
  }
}

await mkdir(outputFolder, { recursive: true });
const sheet = await writeContactSheet();
if (sheet !== undefined) console.log(`pictures of every place: ${path.relative(process.cwd(), sheet)}`);
const summary = { passed, failed };
await writeFile(path.join(outputFolder, 'editor-summary.json'), `${JSON.stringify(summary)}\n`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/** @param {Error & { cause?: unknown }} error what node:test wraps around the test's own */
function reason(error) {
  const own = error.cause instanceof Error ? error.cause : error;
  return stripVTControlCharacters(own.stack ?? own.message).replace(/^/gm, '    ');
}
