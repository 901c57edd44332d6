import { writeFile } from 'node:fs/promises';
import { englishBundle } from './bundle';

/** Writes l10n/bundle.l10n.json; `npm run l10n` bundles and runs this file in the root of the repository. */
async function main(): Promise<void> {
  await writeFile('l10n/bundle.l10n.json', `${JSON.stringify(await englishBundle('.'), null, 2)}\n`);
}

void main();
