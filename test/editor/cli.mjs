// @ts-check
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { repository } from './output.mjs';

/**
 * Runs `mora` as a terminal does, and fails with what it printed when it fails.
 *
 * @param {...string} parameters
 */
export function mora(...parameters) {
  const cli = path.join(repository, 'dist/cli.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...parameters], { encoding: 'utf8' });
  assert.equal(status, 0, `mora ${parameters.join(' ')}\n${stdout}${stderr}`);
}
