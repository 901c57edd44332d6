import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { shortened } from '../../config/shortened';
import { UserError } from '../../config/userError';
import { unreadable } from './byteSource';
import { readJsonObjectIfAny } from './jsonFile';

/** Bookkeeping tensors that quantisers leave beside or instead of weights. */
const QUANTISED_TENSORS: readonly (readonly [suffix: RegExp, method: string])[] = [
  [/\.(qweight|qzeros|g_idx)$/, 'GPTQ or AWQ'],
  [/\.(SCB|weight_format)$/, '8-bit bitsandbytes'],
  [/\.weight\.(absmax|quant_map|nested_absmax|quant_state\.bitsandbytes__(nf4|fp4))$/, '4-bit bitsandbytes'],
  [/\.(weight_packed|weight_scale|weight_scale_inv|weight_zero_point)$/, 'compressed-tensors or FP8'],
  [/_(blocks|scales)$/, 'MXFP4'],
];

/** Throws a UserError when `config.json` of a model folder says that its weights are quantised. */
export async function refuseQuantisedConfig(folder: string): Promise<void> {
  const file = join(folder, 'config.json');
  refuseQuantisation(file, (await readJsonObjectIfAny(file))?.quantization_config);
}

/** The same for the "quantization_config" of a `config.json` that was read already. */
export function refuseQuantisation(file: string, quantisation: unknown): void {
  if (quantisation === undefined || quantisation === null) return;
  const method =
    typeof quantisation === 'object' && 'quant_method' in quantisation ? quantisation.quant_method : undefined;
  throw quantised(file, typeof method === 'string' ? shortened(method) : 'unknown method');
}

/** Throws a UserError when a tensor's name betrays quantised weights. */
export function refuseQuantisedTensors(file: string, names: Iterable<string>): void {
  for (const name of names) {
    const found = QUANTISED_TENSORS.find(([suffix]) => suffix.test(name));
    if (found !== undefined) throw quantised(file, `${found[1]}, tensor "${shortened(name)}"`);
  }
}

function quantised(file: string, how: string): UserError {
  return new UserError(
    `${file}: the weights are quantised (${how}); use the model's original folder with float16, bfloat16 or float32 weights.`,
  );
}

/** The UserError for a folder without safetensors weights, by what it holds instead. */
export async function missingWeights(folder: string): Promise<unknown> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    return unreadable(folder, error);
  }
  if (names.includes('adapter_config.json')) {
    return new UserError(`${folder}: is an adapter, not a model; give the folder of its base model.`);
  }
  if (names.some((name) => /^pytorch_model.*\.(bin|json)$|\.pth?$/.test(name))) {
    return new UserError(
      `${folder}: has only pickled PyTorch weights, which can run any code when opened; save the model with safe_serialization=True to get model.safetensors.`,
    );
  }
  if (names.some((name) => name.endsWith('.gguf'))) {
    return new UserError(`${folder}: has GGUF weights; use the model's original folder with model.safetensors.`);
  }
  return new UserError(
    `${folder}: has no model.safetensors and no model.safetensors.index.json; give a Hugging Face model folder.`,
  );
}
