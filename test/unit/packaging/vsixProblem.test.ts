import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { binaryPlatform } from '../../../packaging/binaryPlatform.mjs';
import { vsixProblem } from '../../../packaging/vsixProblem.mjs';

const modules = path.resolve(import.meta.dirname, '../../../node_modules');

const read = (file: string): Buffer => readFileSync(path.join(modules, file));
const entry = (file: string) => ({ name: `extension/node_modules/${file}`, read: () => read(file) });
const text = { name: 'extension/dist/engine.js', read: () => Buffer.from('// '.repeat(100)) };

/** The packages name their files after what they are for; their content is asked. */
const TOKENIZERS = {
  'linux-x64': 'tokenizers/tokenizers.linux-x64-gnu.node',
  'linux-arm64': 'tokenizers/tokenizers.linux-arm64-gnu.node',
  'darwin-arm64': 'tokenizers/tokenizers.darwin-arm64.node',
  'win32-x64': 'tokenizers/tokenizers.win32-x64-msvc.node',
  'win32-arm64': 'tokenizers/tokenizers.win32-arm64-msvc.node',
};

describe('a VSIX of one platform', () => {
  it.each(Object.entries(TOKENIZERS))('knows a binary of %s by its content', (platform, file) => {
    expect(binaryPlatform(read(file))).toBe(platform);
  });

  it('takes 32-bit and universal binaries for those of none of the platforms', () => {
    expect(binaryPlatform(read('tokenizers/tokenizers.linux-arm-gnueabihf.node'))).toBe('linux-other');
    expect(binaryPlatform(read('tokenizers/tokenizers.win32-ia32-msvc.node'))).toBe('win32-other');
    expect(binaryPlatform(read('tokenizers/tokenizers.darwin-universal.node'))).toBe('darwin-universal');
  });

  it('takes text and short files for no program', () => {
    expect(binaryPlatform(text.read())).toBeUndefined();
    expect(binaryPlatform(Buffer.from('MZ'))).toBeUndefined();
    expect(binaryPlatform(Buffer.concat([Buffer.from('MZ'), Buffer.alloc(62, 0xff)]))).toBeUndefined();
  });

  it('is sound with its own binaries alone', () => {
    const own = TOKENIZERS['linux-arm64'];
    expect(vsixProblem([text, entry(own)], 'linux-arm64', [`node_modules/${own}`])).toBeUndefined();
  });

  it.each([
    'src/host/extension.ts',
    'test/run.mjs',
    'dist/engine.js.map',
    'webview/shared/series.test.js',
    'docs/a.md',
  ])('names %s as what does not belong in it', (file) => {
    const stray = { name: `extension/${file}`, read: text.read };
    expect(vsixProblem([text, stray], 'linux-arm64', [])).toBe(`extension/${file} does not belong in it`);
  });

  it('names a binary of another platform, and one that is missing', () => {
    const [own, other] = [TOKENIZERS['linux-arm64'], TOKENIZERS['linux-x64']];
    expect(vsixProblem([entry(own), entry(other)], 'linux-arm64', [])).toBe(
      `extension/node_modules/${other} is a binary of linux-x64`,
    );
    expect(vsixProblem([entry(own)], 'linux-arm64', [`node_modules/${other}`])).toBe(
      `node_modules/${other} is missing`,
    );
  });
});
