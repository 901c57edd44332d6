import { UserError } from '../../../config/userError';
import { writeAdapter } from '../../checkpoint/adapterFolder';
import { EXACT_TOLERANCE, type ExportFormat, type ExportTask, type WrittenExport } from '../exportFormat';
import { readBackAdapter, savedTensors } from '../writtenAdapter';

/** The format of the official MoRA code, a fork of PEFT 0.9. */
export const officialFormat: ExportFormat = {
  takes: [],
  check: ({ adapter, adapterFolder }) => {
    const { method } = adapter.config;
    const refuse = (what: string, other: string): never => {
      throw new UserError(
        `${adapterFolder}: ${what}, which the format of the official MoRA code cannot say; use ${other}.`,
      );
    };
    if (method === 'lora') refuse('is a LoRA', '--format peft');
    if (method === 'full') refuse('is full fine-tuning', '--format merged, or peft with --rank');
    if (adapter.merged.length > 0) refuse('was merged into its base while it trained', '--format merged or peft');
    if (adapter.modules.some(({ structure }) => structure.method === 'mora' && structure.permutation !== null)) {
      refuse('has shuffled rows and columns', '--format merged or peft');
    }
  },
  expectedBytes: ({ adapter }) => 8 * adapter.modules.reduce((sum, { structure }) => sum + structure.parameterCount, 0),
  write,
};

async function write({ source, folder }: ExportTask): Promise<WrittenExport> {
  const { adapter, config } = source;
  const { baseModel, baseRevision } = adapter.config;
  const { modules } = adapter;
  const trained = savedTensors(source);
  await writeAdapter(folder, { baseModel, baseRevision, layerCount: config.layers, modules, trained });
  return {
    tolerance: EXACT_TOLERANCE,
    toleranceReason: 'the same parameters',
    approximations: [],
    usage: 'It is in the format of the official MoRA code (github.com/kongds/MoRA); stock PEFT cannot load it.',
    warnings: [],
    readBack: () => readBackAdapter(source, folder),
  };
}
