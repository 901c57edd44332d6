import * as l10n from '@vscode/l10n';
import { parseHubReference } from '../../config/hubReference';

/** What is wrong with a hub id that is typed in; undefined when it is one. */
export function hubIdProblem(text: string): string | undefined {
  if (text.trim() === '' || parseHubReference(text) !== undefined) return undefined;
  return l10n.t('A hub id is "org/name" or "org/name@revision", of letters, digits, ".", "_" and "-".');
}
