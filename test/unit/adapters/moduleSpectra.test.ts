import { expect, test } from 'vitest';
import { loraStructure } from '../../../src/engine/adapters/lora/loraStructure';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import { fullStructure } from '../../../src/engine/adapters/full/fullStructure';
import { describedStructure, describeStructure } from '../../../src/engine/adapters/describedStructure';
import type { AdapterStructure } from '../../../src/engine/adapters/structure';
import { moduleSpectra } from '../../../src/engine/moduleSpectra';
import { moduleSpectrum, type SpectrumSource } from '../../../src/engine/moduleSpectrum';
import { gaussians, seededRandom } from '../../support/seededRandom';

const random = seededRandom(3);

function source(structure: AdapterStructure, layer: number, merged: SpectrumSource['merged'] = []): SpectrumSource {
  const { dIn, dOut } = structure;
  const linear = { layer, module: 'q_proj', name: `model.layers.${layer}.self_attn.q_proj`, dIn, dOut };
  return { linear, structure, parameters: parametersOf(structure), merged };
}

function parametersOf(structure: AdapterStructure): SpectrumSource['parameters'] {
  return Object.fromEntries(
    [...structure.parameterShapes].map(([name, [rows, cols]]) => [
      name,
      Float32Array.from(gaussians(rows * cols, random)),
    ]),
  );
}

async function* given(sources: readonly SpectrumSource[]): AsyncGenerator<SpectrumSource> {
  yield* sources;
}

const LARGE = { dIn: 1600, dOut: 1601, rank: 8 };
const SMALL = { dIn: 30, dOut: 20, rank: 2 };
const permutation = {
  seed: 1,
  merge: 1,
  rows: Uint32Array.from({ length: 20 }, (_, i) => (i * 7) % 20),
  columns: Uint32Array.from({ length: 30 }, (_, i) => (i * 7) % 30),
};

test('spectra that threads compute are those computed here, bit for bit and in order', async () => {
  const before = moraStructure({ ...SMALL, type: 1, normalized: true });
  const sources = [
    moraStructure({ ...LARGE, type: 1 }),
    moraStructure({ ...SMALL, type: 6 }),
    moraStructure({ ...LARGE, type: 6 }),
    loraStructure({ ...SMALL, alpha: 16, rankStabilised: true }),
    fullStructure(SMALL),
  ].map((structure, layer) => source(structure, layer));
  sources.push(
    source(moraStructure({ ...SMALL, type: 2, permutation }), 5, [
      { structure: before, parameters: parametersOf(before) },
    ]),
  );
  const found = [];
  for await (const each of moduleSpectra(given(sources))) found.push(each);
  expect(found.map((each) => each.source)).toEqual(sources);
  expect(found.map((each) => each.spectrum)).toEqual(sources.map(moduleSpectrum));
});

test('a parameter that is not finite is refused from a thread as from here', async () => {
  const bad = source(moraStructure({ ...LARGE, type: 1 }), 0);
  bad.parameters.M!.fill(Number.NaN);
  await expect(async () => {
    for await (const each of moduleSpectra(given([bad]))) expect(each).toBeDefined();
  }).rejects.toThrow(RangeError);
});

test.each([
  moraStructure({ ...SMALL, type: 3, normalized: true }),
  moraStructure({ ...SMALL, type: 1, rHat: 12, permutation }),
  loraStructure({ ...SMALL, alpha: 3, rankStabilised: true }),
  fullStructure(SMALL),
])('a structure is the same after its description was sent: $method', (structure) => {
  const again = describedStructure(structuredClone(describeStructure(structure)));
  const parameters = parametersOf(structure);
  expect(again.deltaWeight(parameters)).toEqual(structure.deltaWeight(parameters));
  expect(describeStructure(again)).toEqual(describeStructure(structure));
});
