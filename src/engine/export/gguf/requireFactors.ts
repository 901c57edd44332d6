import { UserError } from '../../../config/userError';
import type { AdapterStructure } from '../../adapters/structure';

/** Throws a UserError for a ΔW that is no product of two narrow matrices. `folder` is the adapter's. */
export function requireFactors(folder: string, structure: AdapterStructure): void {
  if (structure.method === 'lora' || (structure.method === 'mora' && structure.type !== 6)) return;
  const what = structure.method === 'mora' ? 'MoRA of type 6 (rotation)' : 'full fine-tuning';
  throw new UserError(`${folder}: is ${what}, whose ΔW has full rank and is no LoRA; use --format gguf.`);
}
