import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { getL10nJson, type l10nJsonFormat } from '@vscode/l10n-dev';
import { glob } from 'tinyglobby';
import { TOOLS } from '../src/agents/tools';
import { configurationJsonSchema } from '../src/config/jsonSchema';
import { MORA_MODES } from '../src/config/mode';

/** The English texts of host and panels, sorted: what l10n/bundle.l10n.json holds. */
export async function englishBundle(root: string): Promise<l10nJsonFormat> {
  const files = await glob(['src/host/**/*.ts', 'src/agents/**/*.ts', 'webview/**/*.ts'], { cwd: root });
  const scripts = await Promise.all(
    files.map(async (file) => ({ extension: '.ts' as const, contents: await readFile(path.join(root, file), 'utf8') })),
  );
  const texts = { ...(await getL10nJson(scripts)), ...Object.fromEntries(shared().map((text) => [text, text])) };
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
