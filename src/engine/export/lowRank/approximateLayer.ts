import { accumulatedSingularValues } from '../../adapters/accumulated';
import type { Approximation } from '../exportFormat';
import { bestLowRank, type Factors } from './bestLowRank';
import { besideIdentity } from './exactFactors';
import type { PlannedLora } from './loraPlan';
import type { MatrixProducts } from './matrixProducts';
import { sumOfDeltas } from './sumOfDeltas';

/** Operations that the spectrum of a ΔW without structure may cost, about a minute of one core. */
const MAX_OPERATIONS = 6e10;

export interface ApproximatedLayer {
  readonly factors: Factors;
  /** Absent where the adapter's own factors were taken. */
  readonly approximation?: Approximation;
}

/**
 * The factors of one layer and how near they are: the error is measured on ΔW − BA as they will be written, and beside
 * it stands the least that this rank can reach. `random` yields standard normal numbers.
 */
export async function approximateLayer(
  { linear, parts, rank, exact, unchanged }: PlannedLora,
  products: MatrixProducts,
  random: () => number,
): Promise<ApproximatedLayer> {
  if (unchanged && exact !== undefined) return { factors: exact() };
  const { dIn, dOut } = linear;
  const delta = { rows: dOut, cols: dIn, values: sumOfDeltas(parts) };
  const spectrum = exact === undefined && rank < Math.min(dIn, dOut) ? spectrumOf(parts) : new Float64Array();
  const squares = spectrum?.map((sigma) => sigma ** 2);
  const factors =
    exact?.() ??
    (rank === Math.min(dIn, dOut)
      ? besideIdentity(delta.values, dOut, dIn)
      : await bestLowRank(delta, rank, squares && sum(squares.subarray(0, rank)), products, random));
  const product = await products.times(
    { rows: dOut, cols: factors.rank, values: factors.b },
    { rows: factors.rank, cols: dIn, values: factors.a },
  );
  return {
    factors,
    approximation: {
      name: linear.name,
      rank: factors.rank,
      squaredError: squaredDistance(delta.values, product.values),
      squaredOptimum: squares === undefined ? null : sum(squares.subarray(rank)),
      squaredNorm: squaredDistance(delta.values, undefined),
    },
  };
}

/** Undefined where it would take too long. */
function spectrumOf(parts: PlannedLora['parts']): Float64Array | undefined {
  const [first] = parts;
  const { dIn, dOut } = first?.structure ?? { dIn: 0, dOut: 0 };
  const dense = first?.structure.method === 'full';
  if (dense && 4 * dIn * dOut * Math.min(dIn, dOut) > MAX_OPERATIONS) return undefined;
  return accumulatedSingularValues(parts);
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

/** ‖x − y‖²; ‖x‖² without y. */
function squaredDistance(x: Float32Array, y: Float32Array | undefined): number {
  let total = 0;
  for (let i = 0; i < x.length; i++) total += ((x[i] as number) - (y?.[i] ?? 0)) ** 2;
  return total;
}
