import * as vscode from 'vscode';
import type { Prompt } from '../protocol/playground';
import type { PlaygroundMemory } from './playgroundMemory';

/** A row of a quick pick shows no more. */
const SHOWN_CHARS = 200;

interface Item extends vscode.QuickPickItem {
  readonly prompt: Prompt;
}

const FORGET: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('trash'),
  tooltip: vscode.l10n.t('Forget this prompt'),
};

/** Lets the user choose one of the earlier prompts, the newest first, or forget some. */
export function choosePrompt(memory: PlaygroundMemory): Promise<Prompt | undefined> {
  const pick = vscode.window.createQuickPick<Item>();
  const fill = (): void => {
    const prompts = [...memory.prompts()].reverse();
    pick.items = prompts.map((prompt) => ({ label: oneLine(prompt.text), description: kindOf(prompt), buttons: [FORGET], prompt })); // prettier-ignore
    pick.placeholder =
      prompts.length === 0
        ? vscode.l10n.t('There are no earlier prompts in this workspace.')
        : vscode.l10n.t('Use which prompt again?');
  };
  fill();
  return new Promise((resolve) => {
    pick.onDidTriggerItemButton(({ item }) => {
      memory.forget(item.prompt);
      fill();
    });
    pick.onDidAccept(() => {
      resolve(pick.activeItems[0]?.prompt);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim().slice(0, SHOWN_CHARS);
}

function kindOf({ chat }: Prompt): string {
  return chat === null ? '' : vscode.l10n.t('chat');
}
