import type { AdapterStructure } from '../adapters/structure';
import { parseHubReference } from '../../config/hubReference';
import type { AdapterState } from './adapterState';

/** README.md of an adapter folder: what it is and how to load it, with the header that the Hugging Face hub reads. */
export function modelCard(state: AdapterState): string {
  const { baseModel, modules } = state;
  const structure = modules[0]?.structure;
  const parameters = modules.reduce((sum, module) => sum + module.structure.parameterCount, 0);
  const header = ['---', 'library_name: peft', ...(isHubId(baseModel) ? [`base_model: ${baseModel}`] : []), '---'];
  const lines = [
    ...header,
    '',
    '# Adapter',
    '',
    `Trained with MoRA Studio: ${describe(structure)}, ${parameters.toLocaleString('en')} parameters on ${modules.length} linear layers` +
      `${baseModel === null ? '' : ` of \`${baseModel.replaceAll('`', '')}\``}.`,
    '',
    ...loading(state, structure),
    '',
  ];
  return lines.join('\n');
}

function describe(structure: AdapterStructure | undefined): string {
  switch (structure?.method) {
    case 'mora':
      return `MoRA of type ${structure.type} at LoRA rank ${structure.rank}`;
    case 'lora':
      return `LoRA of rank ${structure.rank}, alpha ${structure.alpha}${structure.rankStabilised ? ', rank-stabilised' : ''}`;
    case 'full':
    case undefined:
      return 'full fine-tuning, stored as ΔW';
  }
}

function loading({ merges = 0, part }: AdapterState, structure: AdapterStructure | undefined): string[] {
  const shuffled = structure?.method === 'mora' && structure.permutation !== null;
  if (part !== undefined) {
    return [
      `It is the ΔW of merge ${part} of a ReMoRA or ReLoRA run and nothing by itself: it belongs to the adapter two folders up.`,
    ];
  }
  if (merges > 0 || shuffled) {
    const why = [
      ...(merges > 0
        ? [
            `Its ΔW is the sum of the ${merges} that \`merged/\` holds, which were merged into the base while it trained, and of the one here.`,
          ]
        : []),
      ...(shuffled ? ['The rows and columns of its ΔW are shuffled, by the seed in `adapter_config.json`.'] : []),
    ];
    return [...why, 'Neither PEFT nor the official MoRA code can say that, so both refuse it; MoRA Studio loads it.'];
  }
  switch (structure?.method) {
    case 'mora':
      return ['It is in the format of the official MoRA code (github.com/kongds/MoRA); stock PEFT cannot load it.'];
    case 'lora':
      return ['It is in the format of PEFT: `PeftModel.from_pretrained(model, folder)`.'];
    case 'full':
    case undefined:
      return ['Each tensor `base_model.model.<path>.delta_weight` is to be added to the weight of `<path>`.'];
  }
}

/** The hub checks what stands here, so a local folder is left out. */
function isHubId(name: string | null): name is string {
  return name !== null && parseHubReference(name)?.id === name;
}
