import path from 'node:path';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';
import { localisedTexts } from '../../eslint/localisedTexts.mjs';

const eslint = new ESLint({
  overrideConfigFile: true,
  overrideConfig: [
    {
      files: ['**/*.ts'],
      languageOptions: { parser: tseslint.parser },
      plugins: { mora: { rules: { 'localised-texts': localisedTexts } } },
      rules: { 'mora/localised-texts': 'error' },
    },
  ],
});

async function complaints(source: string): Promise<string[]> {
  const [result] = await eslint.lintText(source, { filePath: path.resolve('shown.ts') });
  return result!.messages.map((message) => (message.fatal ? `cannot parse: ${message.message}` : message.ruleId!));
}

describe('texts that are shown as they stand', () => {
  it.each([
    'html`<p>Nothing to show yet.</p>`',
    'html`<p>${count} runs</p>`',
    "html`<p>${ready ? 'Ready' : l10n.t('Waiting')}</p>`",
    "html`<p>${problem && 'It failed.'}</p>`",
    'html`<button aria-label="Pause the run"></button>`',
    "html`<button title=${running ? 'Pause' : l10n.t('Resume')}></button>`",
    'html`<vscode-icon .label=${`Chart of ${name}`}></vscode-icon>`',
    'html`<p class=${kind}>Loss</p>`',
    "void vscode.window.showErrorMessage('It failed.');",
    'void vscode.window.showInformationMessage(`Saved ${file}.`, open);',
    "throw new UserError('The file is gone; choose another.');",
    "const item = new vscode.TreeItem('Running');",
    "item.tooltip = 'Where it is';",
    "const options = { title: 'Choose a model', canPickMany: true };",
    "const column = { label: short ? 'Loss' : `Loss of ${name}` };",
  ])('are refused: %s', async (source) => expect(await complaints(source)).toEqual(['mora/localised-texts']));

  it.each([
    "html`<p>${l10n.t('Nothing to show yet.')}</p>`",
    'html`<p class="empty state" data-kind=${kind}>${text}</p>`',
    "html`<p class=${ready ? 'ready' : 'waiting'}>${text}</p>`",
    "html`<button title=${l10n.t('Pause')} @click=${() => this.tell('pause')}></button>`",
    'html`<b>ΔW</b> · MoRA, r̂ = ${rank} <code>adapter.rank</code>`',
    "void vscode.window.showErrorMessage(vscode.l10n.t('It failed.'));",
    'throw new UserError(error.message);',
    "throw new Error('a bug of ours, for the log');",
    "const options = { title: l10n.t('Choose a model'), command: 'mora.train', kind: 'model' };",
    'const column = { label: `${name} · ${step}` };',
    "item.label = '$(json) MoRA';",
  ])('are none of these: %s', async (source) => expect(await complaints(source)).toEqual([]));
});
