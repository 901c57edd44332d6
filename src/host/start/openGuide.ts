import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';

/** Publisher, name and walkthrough, as in package.json. */
const WALKTHROUGH = 'mora-studio.mora-studio#mora.start';

/** A step that is never shown, so that nobody sees it marked. */
const PROBE = `${WALKTHROUGH}#probe`;

/** VS Code may wait 5 s for its experiments service before it knows a walkthrough. */
const MOST_MS = 8000;
const PAUSE_MS = 100;

/**
 * Opens the walkthrough. VS Code begins to read those of extensions when it is first asked for any, and shows one of its
 * own to whom it does not know ours yet in the first session of a profile. So our own is waited for.
 */
export async function openGuide(): Promise<void> {
  await vscode.window.withProgress({ location: { viewId: 'mora.runs' } }, walkthroughKnown);
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', WALKTHROUGH, false);
}

/** Resolves when VS Code knows the walkthrough, or has had more than the time it takes. */
async function walkthroughKnown(): Promise<void> {
  const deadline = Date.now() + MOST_MS;
  while (Date.now() < deadline) {
    try {
      await vscode.commands.executeCommand('welcome.markStepIncomplete', PROBE);
      return;
    } catch {
      // It does not know the step, thus not the walkthrough.
      await sleep(PAUSE_MS);
    }
  }
}
