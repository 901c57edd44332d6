import { performance } from 'node:perf_hooks';
import type {
  CheckpointDifference,
  ComparedSide,
  CompareParams,
  Contents,
  ListedTensor,
  ReadingProgress,
  TensorDifference,
} from '../rpc/contents';
import { UserError } from '../../config/userError';
import type { Dtype } from '../weights/dtype';
import { contents } from './contents';
import { isDecoded } from './decode';
import { ListedPlaces } from './listedPlaces';
import { OpenFiles } from './openFiles';
import { Pace } from './pace';
import { differenceOf, type Figures } from './tensorDifference';

/**
 * Compares two checkpoints tensor by tensor, by name. Reads every byte of tensors that both have in one shape, a few
 * megabytes at a time. Throws a UserError when one of them cannot be listed, is too large to list whole, or changes
 * meanwhile, and the signal's reason when it aborts.
 */
export async function compare(
  params: CompareParams,
  onProgress: (progress: ReadingProgress) => void,
  signal?: AbortSignal,
): Promise<CheckpointDifference> {
  const began = performance.now();
  const left = await listed(params.left, signal);
  const right = await listed(params.right, signal);
  const rightByName = new Map(right.tensors.map((tensor) => [tensor.name, tensor]));
  const pairs = left.tensors.flatMap((tensor) => {
    const other = rightByName.get(tensor.name);
    return other === undefined ? [] : [[tensor, other] as const];
  });
  const leftNames = new Set(left.tensors.map(({ name }) => name));
  const total = pairs.filter(areRead).reduce((sum, [a, b]) => sum + a.bytes + b.bytes, 0);

  const differing: TensorDifference[] = [];
  let same = 0;
  let done = 0;
  let reported = 0;
  const pace = new Pace();
  const tell = (tensor: string): void => {
    onProgress({ done, total, tensor, found: differing.slice(reported) });
    reported = differing.length;
  };

  const files = new OpenFiles();
  const places = new ListedPlaces();
  let squares = 0;
  let leftSquares = 0;
  try {
    for (const [a, b] of pairs) {
      signal?.throwIfAborted();
      if (!areRead([a, b])) {
        differing.push(unread(a, b));
        continue;
      }
      const sides = { left: await places.find(left, a), right: await places.find(right, b) };
      const result = await differenceOf(sides, files, (bytes) => {
        signal?.throwIfAborted();
        done += bytes;
        if (pace.isDue()) tell(a.name);
      });
      squares += result.squares;
      leftSquares += result.leftSquares;
      if (result.isSame) same++;
      else differing.push(differs(a, b, result));
    }
    tell('');
  } finally {
    await files.close();
  }
  return {
    left: { path: params.left, tensors: left.totals.tensors, bytes: left.totals.bytes },
    right: { path: params.right, tensors: right.totals.tensors, bytes: right.totals.bytes },
    same,
    differing,
    onlyLeft: left.tensors.filter(({ name }) => !rightByName.has(name)),
    onlyRight: right.tensors.filter(({ name }) => !leftNames.has(name)),
    norm: rootOf(squares),
    leftNorm: rootOf(leftSquares),
    bytesRead: done,
    seconds: (performance.now() - began) / 1000,
    warnings: [...left.warnings, ...right.warnings],
  };
}

async function listed(path: string, signal: AbortSignal | undefined): Promise<Contents> {
  const found = await contents({ path }, signal);
  if (found.unlisted > 0) {
    throw new UserError(
      `${path}: has ${found.totals.tensors} tensors, too many to compare; compare its shards one by one.`,
    );
  }
  return found;
}

type Pair = readonly [ListedTensor, ListedTensor];

function areRead([a, b]: Pair): boolean {
  return isSameShape(a, b) && isDecoded(a.dtype as Dtype) && isDecoded(b.dtype as Dtype);
}

function isSameShape(a: ListedTensor, b: ListedTensor): boolean {
  return a.shape.length === b.shape.length && a.shape.every((size, axis) => size === b.shape[axis]);
}

function differs(a: ListedTensor, b: ListedTensor, figures: Figures): TensorDifference {
  const { values, changed, notFinite, squares, leftSquares, largest } = figures;
  return {
    name: a.name,
    left: side(a),
    right: side(b),
    reason: changed > 0 ? 'values' : a.dtype === b.dtype ? 'bits' : 'dtype',
    values,
    changed,
    notFinite,
    norm: rootOf(squares),
    leftNorm: rootOf(leftSquares),
    largest,
  };
}

function rootOf(squares: number): number | null {
  return Number.isFinite(squares) ? Math.sqrt(squares) : null;
}

function unread(a: ListedTensor, b: ListedTensor): TensorDifference {
  return {
    name: a.name,
    left: side(a),
    right: side(b),
    reason: isSameShape(a, b) ? 'unreadable' : 'shape',
    values: a.parameters,
    changed: 0,
    notFinite: 0,
    norm: 0,
    leftNorm: 0,
    largest: 0,
  };
}

function side({ dtype, shape, bytes }: ListedTensor): ComparedSide {
  return { dtype, shape, bytes };
}
