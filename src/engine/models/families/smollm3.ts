import { z } from 'zod';
import type { DecoderConfig, LayerKind } from '../decoderConfig';
import { kindsByType, plainDecoder, sharedKeys } from './sharedKeys';

const smollm3Keys = z.object({
  /** 1 for a layer with rotary embedding, 0 for one without. */
  no_rope_layers: z.array(z.int().min(0).max(1)).nullish(),
  no_rope_layer_interval: z.int().min(1).default(4),
});

/** SmolLM 3: Llama with every fourth layer without position embedding. */
export function smollm3(json: unknown): DecoderConfig {
  const keys = sharedKeys.parse(json);
  const own = smollm3Keys.parse(json);
  const plain = plainDecoder('smollm3', keys, { theta: 2_000_000, maxPositions: 32_768, tied: true });
  const turns = own.no_rope_layers ?? plain.layerKinds.map((_, layer) => (layer + 1) % own.no_rope_layer_interval);
  if (turns.length !== plain.layers) {
    throw new Error(`"no_rope_layers" names ${turns.length} layers, but "num_hidden_layers" is ${plain.layers}`);
  }
  const window = keys.use_sliding_window === true ? (keys.sliding_window ?? undefined) : undefined;
  const windows = kindsByType(
    keys,
    { full: { window: undefined, rotary: undefined }, sliding: { window, rotary: undefined } },
    (layer) => window !== undefined && turns[layer] === 0,
  );
  const rotary = plain.layerKinds[0]?.rotary;
  const turned = new Map(windows.map((kind): [LayerKind, LayerKind] => [kind, { ...kind, rotary }]));
  return {
    ...plain,
    layerKinds: windows.map((kind, layer) => (turns[layer] === 0 ? kind : (turned.get(kind) ?? kind))),
  };
}
