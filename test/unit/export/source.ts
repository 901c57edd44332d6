import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { moraStructure } from '../../../src/engine/adapters/mora/moraStructure';
import { loraStructure } from '../../../src/engine/adapters/lora/loraStructure';
import { fullStructure } from '../../../src/engine/adapters/full/fullStructure';
import type { AdapterStructure } from '../../../src/engine/adapters/structure';
import { writeAdapter } from '../../../src/engine/checkpoint/adapterFolder';
import type { AdapterModule } from '../../../src/engine/checkpoint/adapterState';
import { decoderLinears } from '../../../src/engine/models/decoderConfig';
import { readDecoderConfig } from '../../../src/engine/models/family';
import { oracleParameter } from '../../support/oracleBatch';
import { readOracleCase } from '../../support/oracleCase';
import { gaussians32, seededRandom } from '../../support/seededRandom';
import { temporaryFolder } from '../checkpoint/adapters';

export const fixture = (family: string): string => join(import.meta.dirname, '../../fixtures/oracle', family);

/** An adapter folder with the parameters of an oracle case ("mora1", "lora", …), for the model in `base`. */
export async function oracleAdapter(family: string, name: string, base = fixture(family)): Promise<string> {
  const oracle = readOracleCase(family);
  const spec = oracle.adapters.find((adapter) => adapter.name === name)!;
  const modules = (await linearsOf(base)).map((linear): AdapterModule => {
    const { dIn, dOut } = linear;
    const structure: AdapterStructure =
      spec.method === 'mora'
        ? moraStructure({ dIn, dOut, rank: spec.rank!, type: spec.mora_type! })
        : spec.method === 'lora'
          ? loraStructure({ dIn, dOut, rank: spec.rank!, alpha: spec.alpha! })
          : fullStructure({ dIn, dOut });
    const parameters = Object.fromEntries(
      [...structure.parameterShapes.keys()].map((parameter) => [
        parameter,
        oracleParameter(oracle, name, 'param', `${linear.name}.${parameter}`),
      ]),
    );
    return { linear, structure, parameters };
  });
  return adapterFolder(base, modules);
}

/** An adapter with normally distributed parameters of deviation `size` on all linear layers of the model in `base`. */
export async function randomAdapter(
  base: string,
  structureOf: (layer: { dIn: number; dOut: number }) => AdapterStructure,
  size: number,
): Promise<string> {
  const random = seededRandom(7);
  const modules = (await linearsOf(base)).map((linear): AdapterModule => {
    const structure = structureOf(linear);
    const parameters = Object.fromEntries(
      [...structure.parameterShapes].map(([parameter, [rows, cols]]) => [
        parameter,
        gaussians32(rows * cols, random).map((value) => size * value),
      ]),
    );
    return { linear, structure, parameters };
  });
  return adapterFolder(base, modules);
}

async function adapterFolder(base: string, modules: readonly AdapterModule[]): Promise<string> {
  const folder = join(await temporaryFolder(), 'adapter');
  await writeAdapter(folder, { baseModel: base, layerCount: (await readDecoderConfig(base)).layers, modules });
  return folder;
}

async function linearsOf(base: string): Promise<ReturnType<typeof decoderLinears>> {
  return decoderLinears(await readDecoderConfig(base));
}

/** A copy of a model folder in which `change` may do what it likes. */
export async function copiedModel(from: string, change: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(await temporaryFolder(), 'model');
  await mkdir(folder);
  await cp(from, folder, { recursive: true });
  await change(folder);
  return folder;
}

/** The bytes of a safetensors file of these tensors in this order. */
export async function writeTensors(
  file: string,
  tensors: readonly { name: string; dtype: string; shape: readonly number[]; bytes: Uint8Array }[],
): Promise<void> {
  let offset = 0;
  const header = Object.fromEntries(
    tensors.map(({ name, dtype, shape, bytes }) => [
      name,
      { dtype, shape, data_offsets: [offset, (offset += bytes.length)] },
    ]),
  );
  const json = Buffer.from(JSON.stringify({ __metadata__: { format: 'pt' }, ...header }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  await writeFile(file, Buffer.concat([length, json, ...tensors.map(({ bytes }) => bytes)]));
}
