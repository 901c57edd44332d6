import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readAdapter } from '../../../src/engine/checkpoint/adapterFolder';
import { compareLogits } from '../../../src/engine/export/compareLogits';
import { logitsOf } from '../../../src/engine/export/logits';
import { decoderLinears } from '../../../src/engine/models/decoderConfig';
import { readDecoderConfig } from '../../../src/engine/models/family';
import { openModelFolder } from '../../../src/engine/weights/modelFolder';
import { readSafetensors } from '../../support/safetensors';
import { fixture } from './source';

// The adapters are from test/fixtures/official/make.py, and the logits what PyTorch computes with them.
it.each(['mora1', 'mora6'])(
  'an adapter of the official format made elsewhere gives PyTorch’s logits: %s',
  async (name) => {
    const folder = join(import.meta.dirname, '../../fixtures/official', name);
    const config = await readDecoderConfig(fixture('llama'));
    const { modules, warnings } = await readAdapter(folder, decoderLinears(config));
    expect(modules).toHaveLength(14);
    expect(warnings).toEqual([]);
    const golden = readSafetensors(join(folder, 'logits.safetensors'));
    const tokens = Int32Array.from(golden.get('input_ids')!.values as BigInt64Array, (id) => Number(id));
    const expected = golden.get('logits')!.values as Float32Array;
    const weights = await openModelFolder(fixture('llama'));
    const [[base], [found]] = (await logitsOf({ config, weights }, [[], modules], [tokens])) as [
      [Float32Array],
      [Float32Array],
    ];
    await weights.close();
    const { largest, scale, changedTokens } = compareLogits([expected], [found], config.vocabularySize);
    expect(largest).toBeLessThan(1e-4 * scale);
    expect(changedTokens).toBe(0);
    expect(compareLogits([expected], [base], config.vocabularySize).largest).toBeGreaterThan(0.1 * scale);
  },
);
