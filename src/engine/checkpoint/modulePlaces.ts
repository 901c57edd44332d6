import type { LinearLayer } from '../../config/targets';

/** A numbered layer in the names of every family: "model.layers.3.mlp.up_proj", "transformer.h.3.attn.c_attn". */
const NUMBERED = /(?:^|\.)(?:layers?|h|blocks?)\.(?<layer>\d{1,6})\.(?<path>.+)$/;

/** What is known of a linear layer before its place is. */
type Unplaced = Omit<LinearLayer, 'layer' | 'module'>;

interface Located {
  readonly linear: Unplaced;
  readonly layer: number;
  /** In the layer. */
  readonly path: string;
  readonly module: string;
}

/** Whether a full name is of something in a numbered layer. */
export function isInLayer(name: string): boolean {
  return NUMBERED.test(name);
}

/**
 * Linear layers with their places, which their full names tell: "model.layers.3.self_attn.q_proj" is q_proj of layer 3;
 * what is in no layer counts as of layer 0. A last name that some layer has twice, as GPT-2's c_proj or those of the
 * experts of a mixture, gives way to the path in the layer ("attn.c_proj"), else to the full name, and so in every layer.
 */
export function placed(linears: readonly Unplaced[]): LinearLayer[] {
  const byPath = toldApart(linears.map(locate), ({ path }) => path);
  return toldApart(byPath, ({ linear }) => linear.name).map(({ linear, layer, module }) => ({
    ...linear,
    layer,
    module,
  }));
}

function locate(linear: Unplaced): Located {
  const { layer = '0', path = linear.name } = NUMBERED.exec(linear.name)?.groups ?? {};
  return { linear, layer: Number(layer), path, module: path.slice(path.lastIndexOf('.') + 1) };
}

/** Modules of a name that some layer has twice get the longer one. */
function toldApart(all: readonly Located[], longer: (located: Located) => string): Located[] {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const { layer, module } of all) {
    const place = `${layer} ${module}`;
    if (seen.has(place)) shared.add(module);
    seen.add(place);
  }
  return all.map((located) => (shared.has(located.module) ? { ...located, module: longer(located) } : located));
}
