// @ts-check
import { spawnSync } from 'node:child_process';

/** What building code-server's native modules needs: how to look for it, and Debian's package for it. */
const TOOLS = [
  { name: 'make', debian: 'make', present: () => runs('make', ['--version']) },
  { name: 'a C++ compiler', debian: 'g++', present: () => runs('c++', ['--version']) },
  { name: 'python3', debian: 'python3', present: () => runs('python3', ['--version']) },
  { name: 'pkg-config', debian: 'pkg-config', present: () => runs('pkg-config', ['--version']) },
  { name: 'Kerberos headers', debian: 'libkrb5-dev', linux: true, present: () => hasHeader('gssapi/gssapi.h') },
  {
    name: 'libsecret headers',
    debian: 'libsecret-1-dev',
    linux: true,
    present: () => runs('pkg-config', ['--exists', 'libsecret-1']),
  },
];

/** @returns {typeof TOOLS} what is not on this machine */
export function missingTools() {
  return TOOLS.filter((tool) => (!tool.linux || process.platform === 'linux') && !tool.present());
}

/**
 * One message that says what is missing and the command that mends it.
 *
 * @param {typeof TOOLS} missing
 * @param {string} [output] what the failed build printed
 */
export function toolsAdvice(missing, output = '') {
  if (missing.length > 0) {
    const names = missing.map((tool) => tool.name).join(', ');
    return `code-server cannot be built without ${names}. On Debian or Ubuntu: ${aptLine(missing)}`;
  }
  const tail = output.trimEnd().split('\n').slice(-25).join('\n');
  return `Installing code-server failed. If a system package is missing, on Debian or Ubuntu: ${aptLine(TOOLS)}\n${tail}`;
}

/** @param {typeof TOOLS} tools */
function aptLine(tools) {
  return `apt-get update && apt-get install -y ${tools.map((tool) => tool.debian).join(' ')}`;
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} [input]
 */
function runs(command, args, input) {
  return spawnSync(command, args, { input, stdio: ['pipe', 'ignore', 'ignore'] }).status === 0;
}

/** @param {string} header */
function hasHeader(header) {
  return runs('c++', ['-E', '-x', 'c++', '-'], `#include <${header}>\n`);
}
