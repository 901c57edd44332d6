// Everything that must hold before a change goes in. The last line is `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const unitReport = 'test/output/vitest.json';
const editorReport = 'test/output/editor-summary.json';

let passed = 0;
let failed = 0;

mkdirSync(path.join(root, 'test/output'), { recursive: true });
for (const report of [unitReport, editorReport]) rmSync(path.join(root, report), { force: true });

for (const script of ['build', 'typecheck', 'lint', 'format:check']) {
  // A check that holds is not counted as a test; one that does not must show in the last line.
  if (!run('npm', ['run', '--silent', script])) failed += 1;
}

const vitestSucceeded = run(process.execPath, [
  ...['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=json'],
  `--outputFile.json=${unitReport}`,
]);
count(vitestTotals(), vitestSucceeded);

if (existsSync(path.join(root, 'test/editor/run.mjs'))) {
  const editorSucceeded = run(process.execPath, ['test/editor/run.mjs']);
  count(readReport(editorReport), editorSucceeded);
} else {
  console.log('no editor tests: test/editor/run.mjs does not exist');
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/**
 * Adds the totals of one runner. A runner that broke without naming a failed test counts as one failure.
 * @param {{ passed: number, failed: number } | undefined} totals
 * @param {boolean} succeeded
 */
function count(totals, succeeded) {
  passed += totals?.passed ?? 0;
  failed += totals?.failed ?? 0;
  if (!totals || (!succeeded && totals.failed === 0)) failed += 1;
}

function vitestTotals() {
  const report = readReport(unitReport);
  if (!report) return undefined;
  // A file that fails to load has no tests to fail.
  const brokenFiles = report.testResults.filter(
    (/** @type {any} */ file) => file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  return { passed: report.numPassedTests, failed: report.numFailedTests + brokenFiles };
}

/** @param {string} file */
function readReport(file) {
  const absolute = path.join(root, file);
  return existsSync(absolute) ? JSON.parse(readFileSync(absolute, 'utf8')) : undefined;
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function run(command, args) {
  console.log(`\n> ${[path.basename(command), ...args].join(' ')}`);
  // npm is a script on Windows, which only a shell starts.
  const shell = process.platform === 'win32' && command === 'npm';
  return spawnSync(command, args, { cwd: root, stdio: 'inherit', shell }).status === 0;
}
