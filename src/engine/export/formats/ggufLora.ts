import { basename, join } from 'node:path';
import { UserError } from '../../../config/userError';
import { decoderLinears } from '../../models/decoderConfig';
import { EXACT_TOLERANCE, type ExportFormat, type ExportTask, type WrittenExport } from '../exportFormat';
import type { ExportSource } from '../exportSource';
import { loraOf, writeGgufLora, type LayerDelta } from '../gguf/exportLora';
import { requireArchitecture } from '../gguf/exportModel';
import { readGgufLora } from '../gguf/ggufLora';
import { requireFactors } from '../gguf/requireFactors';
import { weightChanges } from '../weightChanges';

/** Bytes of a float32. */
const FLOAT = 4;
const NAME = 'adapter.gguf';

/** The adapter alone as a GGUF file, exactly: LoRA, and MoRA of types 1 to 4 by its factors. For llama.cpp's `--lora`. */
export const ggufLoraFormat: ExportFormat = {
  takes: [],
  check: (source) => {
    requireArchitecture(source.modelFolder, source.config);
    if (source.adapter.trained.size > 0) {
      throw new UserError(
        `${source.adapterFolder}: trained more than linear layers, which no LoRA of llama.cpp holds; use --format gguf.`,
      );
    }
    for (const { structure } of layerDeltas(source).flat()) requireFactors(source.adapterFolder, structure);
  },
  expectedBytes: (source) =>
    layerDeltas(source).reduce(
      (sum, delta) => sum + FLOAT * loraOf(delta).rank * (delta[0].linear.dIn + delta[0].linear.dOut),
      0,
    ),
  write,
};

async function write({ source, folder, signal, onProgress }: ExportTask): Promise<WrittenExport> {
  const { config, weights, modelFolder, adapterFolder } = source;
  const architecture = requireArchitecture(modelFolder, config);
  const file = join(folder, NAME);
  await writeGgufLora(file, layerDeltas(source), config, architecture, basename(adapterFolder), { signal, onProgress });
  return {
    tolerance: EXACT_TOLERANCE,
    toleranceReason: 'the same ΔW as a product of two matrices',
    approximations: [],
    usage: `It is for llama.cpp and what is built on it, beside the base model: \`llama-cli -m base.gguf --lora ${NAME}\`.`,
    warnings: [],
    readBack: async () => ({
      model: { config, weights },
      adapter: await readGgufLora(file, decoderLinears(config), config, architecture),
      close: () => Promise.resolve(),
    }),
  };
}

function layerDeltas(source: ExportSource): LayerDelta[] {
  return [...weightChanges(source).added.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [[first, ...others] as const],
  );
}
