import { logitsProgram } from '../models/head/headProgram';
import { headBytesProgram, tileLogitsProgram } from '../models/head/headTile';
import type { RunnableModel } from '../models/loadedModel';
import { StoredTable } from '../models/storedTable';
import type { ProgramCache } from '../runtime/programCache';
import type { Runtime } from '../runtime/runtime';

/** Hidden states [C, D] of C tokens → logits [C, V], valid until the next call. */
export type NextLogits = (hidden: Float32Array) => Promise<Float32Array>;

/** What turns hidden states into logits. */
export type HeadWeights = Pick<RunnableModel, 'config' | 'norm' | 'head' | 'quantisedHead'>;

/** By the head in float32, or in bytes where those alone are in memory. Programs are taken from `programs`. */
export async function nextLogits(
  runtime: Runtime,
  model: HeadWeights,
  programs: ProgramCache,
  count: number,
): Promise<NextLogits> {
  const { config, norm, head } = model;
  const { hiddenSize, vocabularySize } = config;
  if (head instanceof StoredTable) return tiledLogits(runtime, model, programs, count);
  const program = await programs.get(`logits ${count}`, () => logitsProgram(config, count));
  const logits = new Float32Array(count * vocabularySize);
  const outputs = { logits: runtime.tensor(logits, [count, vocabularySize]) };
  return async (hidden) => {
    await program.run({ hidden: runtime.tensor(hidden, [count, hiddenSize]), norm, head }, outputs);
    return logits;
  };
}

async function tiledLogits(
  runtime: Runtime,
  { config, norm, quantisedHead }: HeadWeights,
  programs: ProgramCache,
  count: number,
): Promise<NextLogits> {
  if (quantisedHead === undefined) throw new Error('a model without a head in memory');
  const { hiddenSize, vocabularySize } = config;
  const quantising = await programs.get(`bytes ${count}`, () => headBytesProgram(config, count));
  const bytes = runtime.tensor(new Uint8Array(count * hiddenSize), [count, hiddenSize]);
  const scale = runtime.tensor(new Float32Array(count), [count]);
  const logits = new Float32Array(count * vocabularySize);
  return async (hidden) => {
    await quantising.run({ hidden: runtime.tensor(hidden, [count, hiddenSize]), norm }, { bytes, scale });
    let start = 0;
    for (const { width, columns, columnScales } of quantisedHead.tiles) {
      const program = await programs.get(`logits ${count} ${width}`, () => tileLogitsProgram(config, count, width));
      const part = new Float32Array(count * width);
      await program.run({ bytes, scale, columns, columnScales }, { logits: runtime.tensor(part, [count, width]) });
      for (let row = 0; row < count; row++) {
        logits.set(part.subarray(row * width, (row + 1) * width), row * vocabularySize + start);
      }
      start += width;
    }
    return logits;
  };
}
