import { realpath } from 'node:fs/promises';
import { applyChanges, layoutOfText, type Change } from '../config/documentEdits';
import { requireConfiguration } from '../config/parse';
import { UserError } from '../config/userError';
import { atomicWrite } from '../run/atomicWrite';
import { readConfigurationFile } from './configurationFile';

/**
 * Writes changes into a configuration document: comments, order and layout of everything else stay. Throws a UserError
 * when the document is no longer `text`, on which the changes are based.
 */
export async function writeChanges(file: string, text: string, changes: readonly Change[]): Promise<void> {
  if ((await readConfigurationFile(file)) !== text) {
    throw new UserError(`${file}: it was changed meanwhile, so nothing was written; run the command again.`);
  }
  const changed = applyChanges(text, changes, layoutOfText(text));
  requireConfiguration(changed, file);
  // Through a link, the file it points to.
  await atomicWrite(await realpath(file), changed);
}
