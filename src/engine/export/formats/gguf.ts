import { basename, join } from 'node:path';
import { UserError } from '../../../config/userError';
import { modelFolderName } from '../../hub/modelFolderName';
import { roundingTolerance } from '../roundedOnce';
import type { ExportFormat, ExportOptions, ExportTask, WrittenExport } from '../exportFormat';
import type { ExportSource } from '../exportSource';
import { checkGguf } from '../gguf/checkGguf';
import { exportGgufModel, requireArchitecture } from '../gguf/exportModel';
import { openGgufModel } from '../gguf/ggufModel';
import { tensorPlan } from '../gguf/tensorPlan';
import { TENSOR_TYPES, type TensorType } from '../gguf/tensorType';
import { changedModel, weightChanges } from '../weightChanges';

/** Base and adapter in one GGUF file, for llama.cpp and what is built on it. */
export const ggufFormat: ExportFormat = {
  takes: ['dtype'],
  check: (source, options) => {
    weightChanges(source);
    requireArchitecture(source.modelFolder, source.config);
    matrixType(source, options);
  },
  expectedBytes: (source, options) =>
    planOf(source, options).reduce(
      (sum, { shape, type }) => sum + shape.reduce((product, size) => product * size, TENSOR_TYPES[type].bytes),
      0,
    ),
  write,
};

async function write(task: ExportTask): Promise<WrittenExport> {
  const { source, options, signal, onProgress } = task;
  const { config, modelFolder: folder } = source;
  const matrices = matrixType(source, options);
  const merged = changedModel(source.weights, weightChanges(source));
  const readFloat32 = (name: string): Promise<Float32Array> => merged.readFloat32(name);
  const name = `model-${matrices.toLowerCase()}.gguf`;
  const file = join(task.folder, name);
  const { architecture, notes } = await exportGgufModel(
    file,
    { folder, config, readFloat32 },
    { name: `${modelFolderName(folder)} with ${basename(source.adapterFolder)}`, matrices },
    { signal, onProgress },
  );
  return {
    ...roundingTolerance(matrices, config.layers),
    approximations: [],
    usage: `It is for llama.cpp and what is built on it: \`llama-cli -m ${name}\`. \`llama-quantize\` makes it smaller.`,
    warnings: notes,
    readBack: async () => {
      await checkGguf(file, planOf(source, options), readFloat32, { signal, onProgress });
      const weights = await openGgufModel(file, config, architecture);
      return { model: { config, weights }, adapter: [], close: () => weights.close() };
    },
  };
}

function planOf(source: ExportSource, options: ExportOptions): ReturnType<typeof tensorPlan> {
  const architecture = requireArchitecture(source.modelFolder, source.config);
  return tensorPlan(source.config, architecture, matrixType(source, options));
}

/** F16 unless chosen: every llama.cpp computes with it. */
function matrixType({ modelFolder }: ExportSource, { dtype = 'F16' }: ExportOptions): TensorType {
  if (dtype !== 'F64') return dtype;
  throw new UserError(`${modelFolder}: cannot be exported to GGUF as float64; give --dtype float32.`);
}
