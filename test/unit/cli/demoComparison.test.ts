import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { comparisonTable, readOutcome } from '../../../src/cli/demoComparison';
import type { PreparedRun } from '../../../src/engine/rpc/prepareRun';

it('the demo compares what the runs left at their last checkpoint', async () => {
  const root = await mkdtemp(path.join(tmpdir(), 'outcome-'));
  const spectrum = (step: number, layer: number, effectiveRank: number): string =>
    JSON.stringify({
      ...{ kind: 'spectrum', step, name: `layers.${layer}.q`, layer, module: 'q', dIn: 4, dOut: 4, method: 'lora' },
      ...{ parameters: 500, rankBound: 2 + layer, effectiveRank, stableRank: 1, countAbove: 1, energyRank: 1 },
      ...{ frobenius: 1, singularValues: [1] },
    });
  const lines = [spectrum(2, 0, 9), spectrum(4, 0, 1.5), spectrum(4, 1, 2.5)];
  await writeFile(path.join(root, 'spectra.jsonl'), lines.map((line) => `${line}\n`).join(''));
  const evaluation = (step: number, loss: number): string =>
    `${JSON.stringify({ kind: 'evaluation', step, loss, accuracy: 0 })}\n`;
  await writeFile(path.join(root, 'metrics.jsonl'), evaluation(0, 9.5) + evaluation(4, 1.25));
  await mkdir(path.join(root, 'checkpoints', 'step-0000004'), { recursive: true });
  const outcome = await readOutcome('LoRA', { root } as PreparedRun, 61);
  await rm(root, { recursive: true });
  expect(comparisonTable([outcome])).toEqual([
    '      parameters  validation loss at step 0  at step 4  mean effective rank  mean rank bound        time',
    'LoRA       1,000                     9.5000     1.2500                  2.0              2.5  1 min 01 s',
  ]);
});
