import * as vscode from 'vscode';
import { exists } from './embedded';

/** "name.mora.json" in the folder, or the first of "name-2.mora.json", "name-3.mora.json", … that is not taken. */
export async function freeName(folder: vscode.Uri, name: string): Promise<vscode.Uri> {
  for (let number = 1; ; number++) {
    const uri = vscode.Uri.joinPath(folder, `${name}${number === 1 ? '' : `-${number}`}.mora.json`);
    if (!(await exists(uri))) return uri;
  }
}
