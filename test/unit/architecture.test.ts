import path from 'node:path';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';
import { importDirections } from '../../eslint/importDirections.mjs';

const root = path.resolve(import.meta.dirname, '../..');

/** Only the import rule: the snippets are no files of a TypeScript project, so type-aware rules cannot run on them. */
const eslint = new ESLint({
  cwd: root,
  overrideConfigFile: true,
  overrideConfig: [
    {
      files: ['**/*.ts'],
      languageOptions: { parser: tseslint.parser },
      plugins: { mora: { rules: { 'import-directions': importDirections } } },
      rules: { 'mora/import-directions': 'error' },
    },
  ],
});

/** What the rule says about `source` as the content of `file`. */
async function complaints(file: string, source: string): Promise<string[]> {
  const [result] = await eslint.lintText(source, { filePath: path.join(root, file) });
  return result!.messages.map((message) => (message.fatal ? `cannot parse: ${message.message}` : message.ruleId!));
}

describe('import directions', () => {
  const refused: ReadonlyArray<readonly [file: string, source: string]> = [
    ['src/config/wrong.ts', `import { run } from '../run/runDirectory';`],
    ['src/config/wrong.ts', `import { main } from '../engine/main';`],
    ['src/run/wrong.ts', `import { train } from '../engine/training/loop';`],
    ['src/run/wrong.ts', `import type { PlanParams } from '../engine/rpc';`],
    ['src/analysis/wrong.ts', `import type { Configuration } from '../config/schema';`],
    ['src/analysis/wrong.ts', `import { graph } from '../engine/graph/graph';`],
    ['src/engine/main.ts', `import { activate } from '../host/extension';`],
    ['src/engine/main.ts', `import { command } from '../cli/main';`],
    ['src/engine/main.ts', `import * as vscode from 'vscode';`],
    ['src/engine/rpc.ts', `import { train } from './training/loop';`],
    ['src/engine/hub/wrong.ts', `import { decoder } from '../models/decoder';`],
    ['src/engine/hub/wrong.ts', `import { startTraining } from '../rpc/startTraining';`],
    ['src/engine/graph/wrong.ts', `import { decoder } from '../models/decoder';`],
    ['src/engine/graph/wrong.ts', `import { mora } from '../adapters/mora';`],
    ['src/engine/graph/ops/wrong.ts', `export { loop } from '../../training/loop';`],
    ['src/engine/adapters/wrong.ts', `import { loop } from '../training/loop';`],
    ['src/engine/adapters/wrong.ts', `export * from '../models/decoder';`],
    ['src/engine/models/wrong.ts', `import { loop } from '../training/loop';`],
    ['src/engine/inference/wrong.ts', `import { loop } from '../training/loop';`],
    ['src/engine/export/wrong.ts', `import { loop } from '../training/loop';`],
    ['src/engine/checkpoint/wrong.ts', `import { merge } from '../export/merge';`],
    ['src/engine/inference/wrong.ts', `import { merge } from '../export/merge';`],
    ['src/agents/wrong.ts', `import { runTree } from '../host/runs/runTree';`],
    ['src/agents/wrong.ts', `import { inspect } from '../engine/inspect';`],
    ['src/doctor/wrong.ts', `import { runtimes } from '../engine/diagnosis/runtimes';`],
    ['src/run/wrong.ts', `import { TOOLS } from '../agents/tools';`],
    ['src/host/wrong.ts', `import { loop } from '../engine/training/loop';`],
    ['src/agents/wrong.ts', `import { effectiveRank } from '../analysis/rank';`],
    ['src/host/views/wrong.ts', `const graph = await import('../../engine/graph/graph');`],
    ['src/host/protocol/wrong.ts', `import type { Uri } from 'vscode';`],
    ['src/host/protocol/wrong.ts', `import { tell } from '../panels/panelHost';`],
    ['src/host/protocol/wrong.ts', `import { connectRun } from '../../engine/rpc/runConnection';`],
    ['src/cli/wrong.ts', `import { loop } from '../engine/training/loop';`],
    ['src/cli/wrong.ts', `import type { Message } from '../host/protocol';`],
    ['src/cli/wrong.ts', `import type { Uri } from 'vscode';`],
    ['src/cli/wrong.ts', `const vscode = require('vscode');`],
    ['src/cli/wrong.ts', `type Loop = import('../engine/training/loop').Loop;`],
    ['webview/training/wrong.ts', `import { activate } from '../../src/host/extension';`],
    ['webview/training/wrong.ts', `import { parseMessage } from '../../src/host/protocol';`],
    ['webview/training/wrong.ts', `import { runViewSchema } from '../../src/host/protocol/runPanel';`],
    ['webview/training/wrong.ts', `import type { Loop } from '../../src/engine/training/loop';`],
    ['webview/training/wrong.ts', `import * as vscode from 'vscode';`],
    ['src/language/wrong.ts', `import { formatLoss } from '../host/runs/runText';`],
    ['src/engine/wrong.ts', `import { formatTime } from '../language/language';`],
    ['test/unit/wrong.ts', `import * as vscode from 'vscode';`],
  ];
  it.each(refused)('refuses in %s: %s', async (file, source) => {
    expect(await complaints(file, source)).toEqual(['mora/import-directions']);
  });

  const accepted: ReadonlyArray<readonly [file: string, source: string]> = [
    ['src/config/right.ts', `import { z } from 'zod'; import { mode } from './mode';`],
    ['src/run/right.ts', `import type { Configuration } from '../config/schema'; import 'node:fs';`],
    ['src/engine/rpc.ts', `import type { ModuleSpectrum } from '../run/spectra';`],
    ['src/engine/hub/right.ts', `import { index } from '../weights/shardIndex'; import '../../run/status';`],
    ['src/engine/hub/right.ts', `import type { DownloadProgress } from '../rpc/download';`],
    ['src/engine/training/right.ts', `import { modelFolder } from '../hub/resolveModel';`],
    ['src/engine/graph/right.ts', `import { product } from './shape';`],
    ['src/engine/adapters/right.ts', `import { graph } from '../graph/graph'; import '../../analysis/rank';`],
    ['src/engine/training/right.ts', `import { mora } from '../adapters/mora'; import '../../run/status';`],
    [
      'src/engine/export/right.ts',
      `import { decoder } from '../models/decoder'; import '../checkpoint/adapterFolder';`,
    ],
    ['src/engine/service.ts', `const { merge } = await import('./export/merge');`],
    ['src/host/right.ts', `import * as vscode from 'vscode'; import { protocolVersion } from '../engine/rpc';`],
    ['src/cli/right.ts', `import { parse } from '../config/parse'; import type { Plan } from '../engine/rpc';`],
    [
      'src/agents/right.ts',
      `import { prepareRun } from '../engine/rpc/prepareRun'; import { readRun } from '../run/run';`,
    ],
    ['src/cli/right.ts', `import { TOOLS } from '../agents/tools'; import { reportText } from '../doctor/reportText';`],
    ['webview/training/right.ts', `import type { Message } from '../../src/host/protocol'; import '../shared/theme';`],
    ['webview/training/right.ts', `import { formatTime } from '../../src/language/language';`],
    ['webview/training/right.ts', `import { Channel } from '../../src/host/protocol/channel';`],
    ['src/host/protocol/right.ts', `import type { Plan } from '../../engine/rpc/plan';`],
    ['test/editor/right.ts', `import * as vscode from 'vscode'; import '../../src/host/extension';`],
  ];
  it.each(accepted)('accepts in %s: %s', async (file, source) => {
    expect(await complaints(file, source)).toEqual([]);
  });

  it('is switched on in the configuration of the repository, as is the rule for texts that are shown', async () => {
    const repository = new ESLint({ cwd: root });
    for (const file of ['src/host/extension.ts', 'src/engine/main.ts', 'webview/training/index.ts']) {
      const configuration = (await repository.calculateConfigForFile(path.join(root, file))) as {
        rules: Record<string, unknown>;
      };
      expect(configuration.rules['mora/import-directions'], file).toEqual([2]);
      const shows = !file.startsWith('src/engine/');
      expect(configuration.rules['mora/localised-texts'], file).toEqual(shows ? [2] : undefined);
    }
  });
});
