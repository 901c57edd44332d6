import { UserError } from '../../../config/userError';
import type { LinearLayer } from '../../../config/targets';
import { loraStructure } from '../../adapters/lora/loraStructure';
import type { AdapterModule } from '../../checkpoint/adapterState';
import type { DecoderConfig } from '../../models/decoderConfig';
import type { Architecture } from './architecture';
import { loraTarget, rowChange } from './exportLora';
import { openGguf, type GgufFile } from './ggufFile';
import { unchanged } from './tensorChange';

/**
 * Reads a LoRA for llama.cpp as adapters of these linear layers, those of the file's that it has. Throws a UserError when
 * the file is malformed, of another architecture, or has tensors that are no such adapter.
 */
export async function readGgufLora(
  path: string,
  linears: readonly LinearLayer[],
  config: DecoderConfig,
  architecture: Architecture,
): Promise<AdapterModule[]> {
  const gguf = await openGguf(path);
  try {
    requireText(gguf, 'general.type', 'adapter');
    requireText(gguf, 'adapter.type', 'lora');
    requireText(gguf, 'general.architecture', architecture.name);
    const alpha = gguf.metadata.get('adapter.lora.alpha');
    if (alpha?.type !== 'float32') throw new UserError(`${path}: has no "adapter.lora.alpha"; export it again.`);
    const modules: AdapterModule[] = [];
    for (const linear of linears) {
      const target = loraTarget(linear.name, linear.layer, config);
      if (!gguf.tensors.has(`${target}.lora_a`)) continue;
      modules.push(await readModule(gguf, target, linear, alpha.value, rowChange(linear.name, config, architecture)));
    }
    if (2 * modules.length !== gguf.tensors.size) {
      throw new UserError(`${path}: has tensors that are no LoRA of a linear layer of this model; export it again.`);
    }
    return modules;
  } finally {
    await gguf.close();
  }
}

async function readModule(
  gguf: GgufFile,
  target: string,
  linear: LinearLayer,
  alpha: number,
  change: Parameters<typeof unchanged>[0],
): Promise<AdapterModule> {
  const [a, b] = [`${target}.lora_a`, `${target}.lora_b`];
  const [rank = 0, dIn] = gguf.entry(a).shape;
  const [dOut, ranks] = gguf.entry(b).shape;
  if (dIn !== linear.dIn || dOut !== linear.dOut || ranks !== rank || rank === 0) {
    throw new UserError(`${gguf.file}: the LoRA of "${target}" does not fit its layer; export it again.`);
  }
  return {
    linear,
    // As llama.cpp reads it: without an alpha, B A as it is.
    structure: loraStructure({ dIn, dOut, rank, alpha: alpha === 0 ? rank : alpha }),
    parameters: { A: await gguf.readFloat32(a), B: unchanged(change, await gguf.readFloat32(b), dOut) },
  };
}

function requireText({ file, metadata }: GgufFile, key: string, text: string): void {
  const value = metadata.get(key);
  if (value?.type === 'string' && value.value === text) return;
  throw new UserError(`${file}: "${key}" is not "${text}"; it is not the export that is needed here.`);
}
