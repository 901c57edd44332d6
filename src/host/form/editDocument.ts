import * as vscode from 'vscode';
import { applyChanges, differingStretch, layoutOfText, type Layout } from '../../config/documentEdits';
import { UserError } from '../../config/userError';
import type { Change } from '../protocol/form';
import { formContent } from './formContent';

/** Makes the changes in the document as one edit: one step of undo, and nothing touched that did not change. */
export async function editDocument(document: vscode.TextDocument, changes: readonly Change[]): Promise<void> {
  const before = document.getText();
  if (formContent(before).kind === 'broken') {
    throw new UserError(
      vscode.l10n.t('The document is not valid JSON, so the form cannot change it; mend the text first.'),
    );
  }
  const stretch = differingStretch(before, applyChanges(before, changes, layoutOf(document)));
  if (stretch === undefined) return;
  const edit = new vscode.WorkspaceEdit();
  const { offset, length, text } = stretch;
  edit.replace(document.uri, new vscode.Range(document.positionAt(offset), document.positionAt(offset + length)), text);
  if (!(await vscode.workspace.applyEdit(edit))) {
    throw new UserError(vscode.l10n.t('{0}: the change was refused; is the file read-only?', document.uri.fsPath));
  }
}

/** The layout that the document has; for a document of one line, the indentation of the settings. */
function layoutOf(document: vscode.TextDocument): Layout {
  const settings = vscode.workspace.getConfiguration('editor', document);
  const indentation = { insertSpaces: settings.get('insertSpaces', true), tabSize: settings.get('tabSize', 2) };
  const eol = document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
  return { ...layoutOfText(document.getText(), indentation), eol };
}
