/**
 * The linear layers of a decoder's block in the order that data passes them, by the names of the model families in use.
 * Files list them by the alphabet, and so do adapters of others.
 */
const ORDER = [
  ...[
    'q_proj',
    'k_proj',
    'v_proj',
    'qkv_proj',
    'query_key_value',
    'c_attn',
    'o_proj',
    'out_proj',
    'dense',
    'attn.c_proj',
  ],
  ...['gate_proj', 'up_proj', 'gate_up_proj', 'c_fc', 'fc1', 'dense_h_to_4h'],
  ...['down_proj', 'c_proj', 'fc2', 'dense_4h_to_h'],
];

/** Sorts modules of a model, layer after layer; those of unknown names come last in a layer, in the order given. */
export function compareModules(a: ModulePlace, b: ModulePlace): number {
  return a.layer - b.layer || placeOf(a.module) - placeOf(b.module);
}

/** Sorts names of modules alone. */
export function compareModuleNames(a: string, b: string): number {
  return placeOf(a) - placeOf(b);
}

interface ModulePlace {
  readonly layer: number;
  readonly module: string;
}

/** "experts.3.up_proj" is an up_proj; of two modules of one last name, one may have a place of its own. */
function placeOf(module: string): number {
  const own = ORDER.indexOf(module);
  const place = own < 0 ? ORDER.indexOf(module.slice(module.lastIndexOf('.') + 1)) : own;
  return place < 0 ? ORDER.length : place;
}
