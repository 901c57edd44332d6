import * as l10n from '@vscode/l10n';
import { setLanguage } from '../../src/language/language';
import { readTexts } from './texts';

// The first import of every panel: other modules make texts as they load. The host put the texts of the editor's
// language into the page, and none where it has only the English ones that stand in the code.
const page = document.getElementById('mora-texts')?.textContent;
if (page !== undefined) {
  l10n.config({ contents: readTexts(page) });
  setLanguage(document.documentElement.lang);
}
