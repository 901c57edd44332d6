import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { applyEdits, modify } from 'jsonc-parser';
import { readDecoderConfig } from '../../models/family';
import { isFloatDtype, type FloatDtype } from '../../weights/dtype';
import { tensorBytes } from '../../weights/headerBytes';
import { openModelFolder } from '../../weights/modelFolder';
import { UNIT_ROUNDOFF } from '../../weights/roundFloats';
import { checkMergedWeights } from '../checkMergedWeights';
import type { ExportFormat, ExportTask, WrittenExport } from '../exportFormat';
import { mergedDescription, writeMergedWeights } from '../mergedWeights';
import { copyModelFiles } from '../../weights/modelFiles';
import { DTYPE_NAMES, roundingTolerance } from '../roundedOnce';
import { isChanged, weightChanges } from '../weightChanges';

/** Base and adapter in one model folder of the base's form. */
export const mergedFormat: ExportFormat = {
  takes: ['dtype'],
  check: (source) => void weightChanges(source),
  expectedBytes: ({ weights }, { dtype }) =>
    [...weights.tensors].reduce((sum, [name, entry]) => sum + tensorBytes(mergedDescription(name, entry, dtype)), 0),
  write,
};

async function write(task: ExportTask): Promise<WrittenExport> {
  const { source, folder, options } = task;
  await copyModelFiles(source.modelFolder, folder);
  if (options.dtype !== undefined) await writeConfigDtype(join(folder, 'config.json'), options.dtype);
  await writeMergedWeights(task);
  return {
    ...roundingTolerance(coarsest(task), source.config.layers),
    approximations: [],
    usage: 'It is a model folder like its base: `AutoModelForCausalLM.from_pretrained(folder)`.',
    warnings: [],
    readBack: async () => {
      await checkMergedWeights(task);
      const weights = await openModelFolder(folder);
      return {
        model: { config: await readDecoderConfig(folder), weights },
        adapter: [],
        close: () => weights.close(),
      };
    },
  };
}

/** The format that rounds most, of those in which weights are written that are not as in the base. */
function coarsest({ source, options }: ExportTask): FloatDtype {
  const changes = weightChanges(source);
  let worst: FloatDtype = 'F32';
  for (const [name, entry] of source.weights.tensors) {
    const { dtype } = mergedDescription(name, entry, options.dtype);
    if (!isFloatDtype(dtype) || (!isChanged(changes, name) && dtype === entry.dtype)) continue;
    if (UNIT_ROUNDOFF[dtype] > UNIT_ROUNDOFF[worst]) worst = dtype;
  }
  return worst;
}

/**
 * transformers loads a model in the format that config.json names: "dtype" since its version 5, "torch_dtype" before. The
 * rest of the text stays as it is: written anew by JavaScript 30.0 would become 30, which transformers takes for no float.
 */
async function writeConfigDtype(file: string, dtype: FloatDtype): Promise<void> {
  const text = await readFile(file, 'utf8');
  const key = 'dtype' in (JSON.parse(text) as Record<string, unknown>) ? 'dtype' : 'torch_dtype';
  const edits = modify(text, [key], DTYPE_NAMES[dtype], { formattingOptions: { insertSpaces: true, tabSize: 2 } });
  await writeFile(file, applyEdits(text, edits));
}
