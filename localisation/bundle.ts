import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { getL10nJson, type l10nJsonFormat } from '@vscode/l10n-dev';
import { glob } from 'tinyglobby';
import { TOOLS } from '../src/agents/tools';
import { configurationJsonSchema } from '../src/config/jsonSchema';
import { MORA_MODES } from '../src/config/mode';

const IMPORTS = /^import [^;]*;$/gm;

/** The English texts of host and panels, sorted: what l10n/bundle.l10n.json holds. */
export async function englishBundle(root: string): Promise<l10nJsonFormat> {
  const files = await glob(['src/host/**/*.ts', 'src/agents/**/*.ts', 'webview/**/*.ts'], { cwd: root });
  const sources = await Promise.all(files.map((file) => readFile(path.join(root, file), 'utf8')));
  // As one script: for every import of l10n that it meets, the tool makes its queries anew, which takes most of the time.
  const bodies = sources.filter((source) => source.includes('l10n.t(')).map((source) => source.replace(IMPORTS, ''));
  const contents = `import * as l10n from '@vscode/l10n';\n${bodies.join('\n')}`;
  const found = await getL10nJson([{ extension: '.ts', contents }]);
  const texts = { ...found, ...Object.fromEntries(shared().map((text) => [text, text])) };
  return Object.fromEntries(Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Texts that the command line shows in English, or models are told, and that host and panels look up. */
function shared(): readonly string[] {
  const modes = Object.values(MORA_MODES).flatMap(({ title, summary }) => [title, summary]);
  const tools = Object.values(TOOLS).map(({ title }) => title);
  return [...modes, ...tools, ...descriptionsIn(configurationJsonSchema())];
}

function descriptionsIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]: [string, unknown]) =>
    key === 'description' && typeof value === 'string' ? [value] : descriptionsIn(value),
  );
}
