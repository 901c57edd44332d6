import { join } from 'node:path';
import { UserError } from '../../config/userError';
import { findChatTemplate } from '../data/chat/chatTemplate';
import { modelFolder } from '../hub/resolveModel';
import { readDecoderConfig } from '../models/family';
import type { Prompting, PromptingParams } from '../rpc/generation';
import { fileExists } from '../weights/jsonFile';

/** What a model takes as a prompt, from its small files alone. Throws a UserError for one that cannot generate. */
export async function prompting({ model, template }: PromptingParams): Promise<Prompting> {
  const folder = await modelFolder(model);
  const { maxPositions } = await readDecoderConfig(folder);
  if (!(await fileExists(join(folder, 'tokenizer.json')))) throw noTokenizer(folder);
  const found = await findChatTemplate(folder, template ?? null);
  return { folder, context: maxPositions, chat: found !== undefined };
}

export function noTokenizer(folder: string): UserError {
  return new UserError(`${folder}: has no tokenizer.json, so it cannot read a prompt; add the model's own.`);
}
