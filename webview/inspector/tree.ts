import type { AdaptedModule, Contents, ListedTensor } from '../../src/engine/rpc/contents';

export interface Totals {
  readonly tensors: number;
  readonly parameters: number;
  readonly bytes: number;
}

/** A tensor, or a group of tensors whose names begin alike. */
export interface TreeNode {
  readonly id: string;
  /** The part of the name that its parents do not say. */
  readonly label: string;
  readonly children: readonly TreeNode[];
  readonly tensor?: ListedTensor;
  /** The group is a module with an adapter. */
  readonly module?: AdaptedModule;
  readonly totals: Totals;
  /** Place of its first tensor in the file. */
  readonly order: number;
}

/** Deeper names are hostile; what follows stays in the last part. */
const MAX_DEPTH = 24;

interface Draft {
  readonly path: string;
  readonly groups: Map<string, Draft>;
  readonly tensors: { readonly label: string; readonly tensor: ListedTensor; readonly order: number }[];
}

/**
 * The tensors of a checkpoint by the dots in their names, under one root. A group with one child is drawn with it as one
 * row ("model.layers"), except a module with an adapter, which stays a row of its own.
 */
export function tensorTree({ tensors, modules, totals }: Contents, name: string): TreeNode {
  const root: Draft = { path: '', groups: new Map(), tensors: [] };
  for (const [order, tensor] of tensors.entries()) {
    const parts = tensor.name.split('.', MAX_DEPTH);
    const known = parts.reduce((length, part) => length + part.length + 1, -1);
    const last = (parts.pop() ?? '') + tensor.name.slice(known);
    let group = root;
    for (const part of parts) group = subgroup(group, part);
    group.tensors.push({ label: last, tensor, order });
  }
  const moduleOf = new Map(modules.map((module) => [module.group, module]));
  const children = childrenOf(root, moduleOf);
  return { id: 'root', label: name, children, totals, order: 0 };
}

function subgroup(group: Draft, part: string): Draft {
  let found = group.groups.get(part);
  if (found === undefined) {
    found = { path: group.path === '' ? part : `${group.path}.${part}`, groups: new Map(), tensors: [] };
    group.groups.set(part, found);
  }
  return found;
}

type Modules = ReadonlyMap<string, AdaptedModule>;

function childrenOf(draft: Draft, modules: Modules): TreeNode[] {
  const groups = [...draft.groups].map(([part, group]) => groupNode(part, group, modules));
  const leaves = draft.tensors.map(({ label, tensor, order }): TreeNode => ({
    id: `t:${tensor.name}`,
    label,
    children: [],
    tensor,
    totals: { tensors: 1, parameters: tensor.parameters, bytes: tensor.bytes },
    order,
  }));
  return [...groups, ...leaves];
}

function groupNode(label: string, draft: Draft, modules: Modules): TreeNode {
  const children = childrenOf(draft, modules);
  const module = modules.get(draft.path);
  const [only] = children;
  if (only !== undefined && children.length === 1 && module === undefined && only.module === undefined) {
    return { ...only, label: `${label}.${only.label}` };
  }
  return {
    id: `g:${draft.path}`,
    label,
    children,
    ...(module !== undefined && { module }),
    totals: sumOf(children),
    order: children.reduce((least, child) => Math.min(least, child.order), Infinity),
  };
}

function sumOf(children: readonly TreeNode[]): Totals {
  let tensors = 0;
  let parameters = 0;
  let bytes = 0;
  for (const { totals } of children) {
    tensors += totals.tensors;
    parameters += totals.parameters;
    bytes += totals.bytes;
  }
  return { tensors, parameters, bytes };
}

/** How many elements there are of each type, the most bytes first. */
export function typesIn(
  tensors: readonly ListedTensor[],
): { readonly dtype: string; readonly tensors: number; readonly parameters: number; readonly bytes: number }[] {
  const types = new Map<string, { dtype: string; tensors: number; parameters: number; bytes: number }>();
  for (const { dtype, parameters, bytes } of tensors) {
    const known = types.get(dtype) ?? { dtype, tensors: 0, parameters: 0, bytes: 0 };
    types.set(dtype, known);
    known.tensors++;
    known.parameters += parameters;
    known.bytes += bytes;
  }
  return [...types.values()].sort((a, b) => b.bytes - a.bytes);
}

/** The tensors below a node. */
export function tensorsIn(node: TreeNode): ListedTensor[] {
  const found: ListedTensor[] = [];
  const walk = ({ tensor, children }: TreeNode): void => {
    if (tensor !== undefined) found.push(tensor);
    for (const child of children) walk(child);
  };
  walk(node);
  return found;
}
