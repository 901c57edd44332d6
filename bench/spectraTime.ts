import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { moraStructure } from '../src/engine/adapters/mora/moraStructure';
import { moduleSpectra } from '../src/engine/moduleSpectra';
import type { SpectrumSource } from '../src/engine/moduleSpectrum';

/** Inputs and outputs of the linear layers of a Llama 7B block. */
const MODULES: Readonly<Record<string, readonly [dIn: number, dOut: number]>> = {
  q_proj: [4096, 4096],
  k_proj: [4096, 4096],
  v_proj: [4096, 4096],
  o_proj: [4096, 4096],
  gate_proj: [4096, 11008],
  up_proj: [4096, 11008],
  down_proj: [11008, 4096],
};

interface Options {
  readonly type: number;
  readonly rank: number;
  readonly layers: number;
  readonly rounds: number;
  /** Folder that gets M and the singular values of the first layer's modules, as float32 and float64. */
  readonly folder: string;
}

/** Seconds that the spectra of all modules take, by the clock and of processors, threads and all; one line of JSON. */
async function spectraTime({ type, rank, layers, rounds, folder }: Options): Promise<void> {
  const sources = Array.from({ length: layers }, (_, layer) =>
    Object.entries(MODULES).map(([module, [dIn, dOut]]): SpectrumSource => {
      const structure = moraStructure({ dIn, dOut, rank, type });
      const m = Float32Array.from({ length: structure.rHat ** 2 }, () => 1e-3 * (Math.random() + Math.random() - 1));
      const name = `model.layers.${layer}.${module}`;
      return { linear: { layer, module, name, dIn, dOut }, structure, parameters: { M: m }, merged: [] };
    }),
  ).flat();
  const seconds: number[] = [];
  const ofProcessors: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    const used = process.cpuUsage();
    for await (const { source, spectrum } of moduleSpectra(given(sources))) {
      if (round > 0 || source.linear.layer > 0 || spectrum === undefined) continue;
      const { module } = source.linear;
      await writeFile(join(folder, `${module}.m`), bytesOf(source.parameters.M ?? new Float32Array()));
      await writeFile(join(folder, `${module}.sigma`), bytesOf(Float64Array.from(spectrum.singularValues)));
    }
    seconds.push((performance.now() - start) / 1000);
    const { user, system } = process.cpuUsage(used);
    ofProcessors.push((user + system) / 1e6);
  }
  process.stdout.write(`${JSON.stringify({ modules: sources.length, seconds, ofProcessors })}\n`);
}

async function* given(sources: readonly SpectrumSource[]): AsyncGenerator<SpectrumSource> {
  yield* sources;
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

void spectraTime(JSON.parse(process.argv[2] ?? '{}') as Options);
