import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { shortened } from '../../config/shortened';
import { systemErrorCode, UserError } from '../../config/userError';
import { refuseQuantisation } from '../weights/unusableWeights';
import type { DecoderConfig } from './decoderConfig';
import { gemma2 } from './families/gemma2';
import { gemma3 } from './families/gemma3';
import { llama } from './families/llama';
import { mistral } from './families/mistral';
import { olmo2 } from './families/olmo2';
import { phi3 } from './families/phi3';
import { qwen2 } from './families/qwen2';
import { qwen3 } from './families/qwen3';
import { smollm3 } from './families/smollm3';

/** config.json of a language model is a few kilobytes; more is not one. */
const MAX_CONFIG_BYTES = 1 << 20;

/** Families by `model_type`, each read into what the shared decoder needs. */
const FAMILIES: Readonly<Record<string, (json: unknown) => DecoderConfig>> = {
  llama,
  mistral,
  qwen2,
  qwen3,
  phi3,
  gemma2,
  gemma3_text: gemma3,
  smollm3,
  olmo2,
};

export const SUPPORTED_FAMILIES = Object.keys(FAMILIES);

/** Reads config.json of a Hugging Face model folder. Throws UserError naming the file, the key and what is supported. */
export async function readDecoderConfig(folder: string): Promise<DecoderConfig> {
  const file = join(folder, 'config.json');
  const json = await readConfigJson(file, folder);
  const parsed = z.object({ model_type: z.string(), quantization_config: z.unknown().optional() }).safeParse(json);
  if (!parsed.success) throw new UserError(`${file}: "model_type" is missing; is this a Hugging Face model folder?`);
  const { model_type: modelType, quantization_config: quantisation } = parsed.data;
  refuseQuantisation(file, quantisation);
  const family = Object.hasOwn(FAMILIES, modelType) ? FAMILIES[modelType] : undefined;
  if (family === undefined) {
    throw new UserError(
      `${file}: model type "${shortened(modelType)}" is not supported; supported are the dense decoders ${SUPPORTED_FAMILIES.join(', ')}.`,
    );
  }
  try {
    return family(json);
  } catch (error) {
    throw new UserError(`${file}: ${reasonOf(error)}.`);
  }
}

async function readConfigJson(file: string, folder: string): Promise<unknown> {
  let text: string;
  try {
    const { size } = await stat(file);
    if (size > MAX_CONFIG_BYTES) throw new UserError(`${file}: ${size} bytes are too many for a model's config.json.`);
    text = await readFile(file, 'utf8');
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new UserError(`${folder}: there is no config.json; "model" must name a Hugging Face model folder.`);
    }
    throw error;
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError(`${file}: is not valid JSON; download the model again.`);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) {
    const issue = error.issues[0];
    return `"${shortened(issue?.path.join('.') ?? '')}" ${issue?.message ?? 'is malformed'}`;
  }
  return error instanceof Error ? error.message : String(error);
}
