import type { AdaptedModule, TensorRole } from '../rpc/contents';
import type { TensorEntry } from '../weights/header';

type Method = AdaptedModule['method'];

/** The end of a name that says which matrix of an adapter it is; PEFT sometimes leaves the adapter's name in it. */
const PART = /\.(?:lora_(?<matrix>[AB])(?:\.[^.]+)?(?:\.weight)?|(?<full>delta_weight))$/;

const PREFIX = 'base_model.model.';

/**
 * Which method a file without a configuration is of, by its shapes alone: MoRA where lora_A and lora_B are one square
 * shape, for LoRA's would need d_in = d_out = r. Undefined where it has no pairs.
 */
export function methodByShape(tensors: ReadonlyMap<string, TensorEntry>): Method | undefined {
  let method: Method | undefined;
  for (const { a, b, full } of grouped(tensors).values()) {
    if (full !== undefined) return 'full';
    if (a === undefined || b === undefined) continue;
    const isSquare = a.length === 2 && a[0] === a[1] && b.length === 2 && b[0] === a[0] && b[1] === a[1];
    if (!isSquare) return 'lora';
    method = 'mora';
  }
  return method;
}

/** What a tensor is in an adapter of this method; undefined for what belongs to none. */
export function roleOf(name: string, method: Method | undefined): TensorRole | undefined {
  if (method === undefined) return undefined;
  const match = PART.exec(name);
  if (match === null) return name.startsWith(PREFIX) ? 'saved' : undefined;
  if (match.groups?.full !== undefined) return 'delta';
  if (match.groups?.matrix === 'A') return method === 'mora' ? 'copy' : 'A';
  // The official code loads both into one parameter, lora_B last.
  return method === 'mora' ? 'M' : 'B';
}

/** The modules that the tensors adapt, with the size of each and what is wrong with it. */
export function adaptedModules(tensors: ReadonlyMap<string, TensorEntry>, method: Method): AdaptedModule[] {
  return [...grouped(tensors)].map(([group, { a, b, full }]): AdaptedModule => {
    switch (method) {
      case 'full':
        return full === undefined ? { group, method, problem: 'has no delta_weight' } : { group, method };
      case 'lora': {
        const problem =
          pairProblem(a, b) ?? (a?.[0] === b?.[1] ? undefined : 'lora_A and lora_B do not fit each other');
        const rank = a?.[0] ?? b?.[1];
        return { group, method, ...(rank !== undefined && { rank }), ...(problem !== undefined && { problem }) };
      }
      case 'mora': {
        const m = b ?? a;
        const isSquare = m?.length === 2 && m[0] === m[1];
        const problem = pairProblem(a, b) ?? (isSquare ? undefined : "M is not square, as MoRA's is");
        const rHat = m?.[0];
        return { group, method, ...(rHat !== undefined && { rHat }), ...(problem !== undefined && { problem }) };
      }
    }
  });
}

interface Parts {
  a?: readonly number[];
  b?: readonly number[];
  full?: readonly number[];
}

function grouped(tensors: ReadonlyMap<string, TensorEntry>): ReadonlyMap<string, Parts> {
  const groups = new Map<string, Parts>();
  for (const [name, { shape }] of tensors) {
    const match = PART.exec(name);
    if (match === null) continue;
    const group = name.slice(0, match.index);
    const parts = groups.get(group) ?? {};
    groups.set(group, parts);
    if (match.groups?.full !== undefined) parts.full = shape;
    else if (match.groups?.matrix === 'A') parts.a = shape;
    else parts.b = shape;
  }
  return groups;
}

function pairProblem(a: readonly number[] | undefined, b: readonly number[] | undefined): string | undefined {
  if (a === undefined) return 'has no lora_A';
  return b === undefined ? 'has no lora_B' : undefined;
}
