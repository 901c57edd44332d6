import { join } from 'node:path';
import { exportGgufModel, type ExportedGguf } from '../../../../src/engine/export/gguf/exportModel';
import { readDecoderConfig } from '../../../../src/engine/models/family';
import { openModelFolder } from '../../../../src/engine/weights/modelFolder';

export const FIXTURES = join(import.meta.dirname, '../../../fixtures');

export const oracleFolder = (family: string): string => join(FIXTURES, 'oracle', family);

/** Writes a model folder as a GGUF file. */
export async function exportFolder(folder: string, file: string): Promise<ExportedGguf> {
  const weights = await openModelFolder(folder);
  try {
    const config = await readDecoderConfig(folder);
    const source = { folder, config, readFloat32: (name: string) => weights.readFloat32(name) };
    return await exportGgufModel(file, source, { name: 'a model', matrices: 'F16' });
  } finally {
    await weights.close();
  }
}
