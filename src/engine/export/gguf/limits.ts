import type { DecoderConfig, LayerKind } from '../../models/decoderConfig';
import type { RotaryConfig } from '../../models/rotary';
import type { Architecture } from './architecture';

/** Angles of the layers that see everything, and of those that slide where they have others. */
export interface LayerAngles {
  readonly full: RotaryConfig;
  readonly sliding: RotaryConfig | undefined;
}

/**
 * Why llama.cpp would compute something else than this model, as the end of a sentence; undefined when it computes the
 * same. What it only leaves out beyond some length is not refused but told by {@link lengthNotes}.
 */
export function difference(config: DecoderConfig, architecture: Architecture): string | undefined {
  const { biases, headSize, heads, hiddenSize } = config;
  const allowed = architecture.biases;
  if (biases.queryKeyValue && !allowed.queryKeyValue) return 'has biases on queries, keys and values';
  if (biases.attentionOutput && !allowed.attentionOutput) return 'has a bias after attention';
  if (biases.mlp && !allowed.mlp) return 'has biases in the MLP';
  if (!architecture.freeHeadSize && heads * headSize !== hiddenSize) {
    return `has ${heads} heads of ${headSize}, not as wide together as its hidden size of ${hiddenSize}`;
  }
  if (architecture.head === 'tied' && !config.tied) return 'has a head that is not its embedding matrix';
  if (config.activation !== (config.normOffset === 1 ? 'geluTanh' : 'silu')) return 'has another activation';
  return attentionDifference(config, architecture) ?? layerDifference(config, architecture);
}

function attentionDifference(config: DecoderConfig, { name }: Architecture): string | undefined {
  const size = scaledHeadSize(config, name);
  // A scale is written as 1/√size in config.json; both come as doubles.
  if (Math.abs(config.attentionScale * Math.sqrt(size) - 1) > 1e-6) {
    return `divides scores by ${(1 / config.attentionScale).toPrecision(4)}, not by the root of ${size}`;
  }
  const capped = name === 'gemma2';
  if (capped !== (config.attentionSoftcap !== undefined)) return `has ${capped ? 'no' : 'a'} softcap on scores`;
  if (capped && config.logitSoftcap === undefined) return 'has no softcap on logits';
  if (config.logitSoftcap !== undefined && config.normOffset === 0) return 'has a softcap on logits';
  return undefined;
}

/** The largest Gemmas divide by the root of another size; llama.cpp knows them by their number of layers. */
function scaledHeadSize({ layers, hiddenSize, heads, headSize }: DecoderConfig, name: string): number {
  const largest = (name === 'gemma2' && layers === 46) || (name === 'gemma3' && layers === 62);
  return largest ? Math.floor(hiddenSize / heads) : headSize;
}

function layerDifference(config: DecoderConfig, architecture: Architecture): string | undefined {
  const { layerKinds, headSize } = config;
  const { plainEvery, scalings } = architecture;
  const plain = (layer: number): boolean => plainEvery !== undefined && (layer + 1) % plainEvery === 0;
  if (layerKinds.some(({ rotary }, layer) => (rotary === undefined) !== plain(layer))) {
    return plainEvery === undefined
      ? 'has layers without rotary embedding'
      : `has other layers without rotary embedding than every ${plainEvery}th`;
  }
  const angles = layerAngles(config, architecture);
  if (angles === undefined) return 'has different angles in different layers';
  const { full, sliding } = angles;
  if (!architecture.partialRotary && full.size !== headSize) return 'turns a part of each head only';
  const { scaling } = full;
  if (!scalings.includes(scaling.kind)) return `has rotary scaling "${scaling.kind}"`;
  if (sliding !== undefined && sliding.scaling.kind !== 'default') return 'scales the angles of sliding layers';
  if (scaling.kind === 'yarn') {
    const usual = scaling.fastRotations === 32 && scaling.slowRotations === 1 && scaling.truncated;
    if (!usual) return 'has a YaRN ramp with other bounds than 32 and 1';
  }
  return undefined;
}

/** Undefined when there are more than llama.cpp has room for: one for all, or one for each of the two kinds of layer. */
export function layerAngles({ layerKinds }: DecoderConfig, { name }: Architecture): LayerAngles | undefined {
  const different = (kinds: readonly LayerKind[]): RotaryConfig[] => {
    const angles = kinds.flatMap(({ rotary }) => (rotary === undefined ? [] : [rotary]));
    return angles.filter((one, index) => angles.findIndex((other) => isSame(one, other)) === index);
  };
  const all = different(layerKinds);
  const [only] = all;
  if (name !== 'gemma3') return only !== undefined && all.length === 1 ? { full: only, sliding: undefined } : undefined;
  const full = different(layerKinds.filter(({ window }) => window === undefined));
  const sliding = different(layerKinds.filter(({ window }) => window !== undefined));
  // A model all of whose layers slide has angles for the others too, which nobody sees.
  const [first = sliding[0]] = full;
  if (first === undefined || full.length > 1 || sliding.length > 1) return undefined;
  return { full: first, sliding: sliding[0] };
}

function isSame(a: RotaryConfig, b: RotaryConfig): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** What llama.cpp does differently beyond some length, in sentences. */
export function lengthNotes(config: DecoderConfig, { name, slidingPeriod }: Architecture): string[] {
  const notes: string[] = [];
  const windows = config.layerKinds.flatMap(({ window }) => (window === undefined ? [] : [window]));
  const shortest = Math.min(...windows);
  if (slidingPeriod === undefined && shortest < config.maxPositions) {
    notes.push(
      `llama.cpp has no sliding window for "${name}": beyond ${shortest} tokens it attends to all of them, and differs from the model.`,
    );
  }
  const scaling = config.layerKinds[0]?.rotary?.scaling;
  if (scaling?.kind === 'longrope') {
    notes.push(
      `llama.cpp takes the angles for long texts when its context is larger than ${scaling.originalPositions} tokens, whatever the length of the text.`,
    );
  }
  return notes;
}
