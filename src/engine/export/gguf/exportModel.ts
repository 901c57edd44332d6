import { UserError } from '../../../config/userError';
import type { DecoderConfig } from '../../models/decoderConfig';
import { architectureOf, type Architecture } from './architecture';
import { difference, layerAngles, lengthNotes } from './limits';
import type { GgufMetadata } from './metadataValue';
import { modelMetadata, underArchitecture } from './modelMetadata';
import { rotaryMetadata } from './rotaryMetadata';
import { changed } from './tensorChange';
import { tensorPlan } from './tensorPlan';
import type { TensorType } from './tensorType';
import { tokenizerMetadata } from './tokenizerMetadata';
import { writeGguf, type GgufTensor, type WriteOptions } from './writeGguf';

/** A model to write: its weights under the names of a Hugging Face folder, merged already where need be. */
export interface GgufSource {
  /** The base model's folder, for what is not weights. */
  readonly folder: string;
  readonly config: DecoderConfig;
  /** The values of a tensor, row-major. They are the caller's to change. */
  readonly readFloat32: (name: string) => Promise<Float32Array>;
}

export interface ExportedGguf {
  readonly architecture: Architecture;
  readonly bytes: number;
  /** What the user should know, in sentences. */
  readonly notes: readonly string[];
}

/** What the file calls the model, and the type of its matrices. */
export interface GgufChoices {
  readonly name: string;
  readonly matrices: TensorType;
}

/**
 * Writes a model as a GGUF file for llama.cpp: matrices of the type chosen, norms and biases as F32, with its tokenizer.
 * Throws a UserError, before anything is written, for a model that llama.cpp would compute or tokenize otherwise.
 */
export async function exportGgufModel(
  file: string,
  source: GgufSource,
  { name, matrices }: GgufChoices,
  options: WriteOptions = {},
): Promise<ExportedGguf> {
  const { folder, config } = source;
  const architecture = requireArchitecture(folder, config);
  const angles = layerAngles(config, architecture);
  if (angles === undefined) throw new Error('the angles were checked');
  const rotary = rotaryMetadata(angles);
  const tokenizer = await tokenizerMetadata(folder, config.vocabularySize);
  const metadata: GgufMetadata = new Map([
    ...modelMetadata(config, architecture, name, matrices),
    ...underArchitecture(architecture, rotary.metadata),
    ...tokenizer.metadata,
  ]);
  const tensors: GgufTensor[] = [
    ...rotary.tensors.map((divisors): GgufTensor => ({
      name: divisors.name,
      shape: [divisors.values.length],
      type: 'F32',
      read: () => Promise.resolve(divisors.values),
    })),
    ...tensorPlan(config, architecture, matrices).map((planned): GgufTensor => ({
      name: planned.name,
      shape: planned.shape,
      type: planned.type,
      read: async () => changed(planned.change, await source.readFloat32(planned.source), planned.shape[0] ?? 1),
    })),
  ];
  const { bytes, widened } = await writeGguf(file, metadata, tensors, options);
  const notes = [...tokenizer.notes, ...lengthNotes(config, architecture), ...widenedNote(widened)];
  return { architecture, bytes, notes };
}

/** The architecture that computes this model. Throws a UserError when llama.cpp has none that does. */
export function requireArchitecture(folder: string, config: DecoderConfig): Architecture {
  const architecture = architectureOf(config.family);
  const reason = architecture === undefined ? 'is not one of its architectures' : difference(config, architecture);
  if (architecture === undefined || reason !== undefined) {
    throw new UserError(
      `${folder}: llama.cpp cannot compute this model of type "${config.family}", which ${reason ?? ''}; use --format merged.`,
    );
  }
  return architecture;
}

function widenedNote(names: readonly string[]): string[] {
  const [first] = names;
  if (first === undefined) return [];
  const which = names.length === 1 ? first : `${first} and ${names.length - 1} more tensors`;
  return [`${which} has values beyond ±65504 and is stored as F32, twice the size of F16.`];
}
