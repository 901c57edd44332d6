import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { setLanguage } from '../language/language';

// Imported before everything else: other modules make texts as they load. Those that do not know the editor take them
// from @vscode/l10n, the others from vscode.l10n; the bundle is the same. Where it has none of the editor's language the
// texts are English, and so are the figures in them.
if (vscode.l10n.bundle !== undefined) {
  l10n.config({ contents: vscode.l10n.bundle });
  setLanguage(vscode.env.language);
}
