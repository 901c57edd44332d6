import type { LinearLayer } from '../../config/targets';
import { UserError } from '../../config/userError';
import { normalNumbers } from '../data/random';
import type { Intruders, IntrudersParams, ModuleCosines, ModuleProgress } from '../rpc/changes';
import { openChange, type ChangedWeights } from './changedWeights';
import { doubleProducts, type DoubleProducts } from './doubleProducts';
import { eachModule } from './eachModule';
import { intruderCosines } from './intruderCosines';

/** Decomposing a matrix whose smaller side is this takes minutes; the time grows with its cube. */
const MAX_SIDE = 6144;

/** Above this the vectors are not settled enough for a cosine near ε. */
const SETTLED = 1e-6;

/** More leading directions than anybody compares. */
const MAX_TOP = 256;

/**
 * How near each leading left singular vector of W₀ + ΔW is to those of W₀, module by module. Throws a UserError when the
 * base is not at hand or a module is not changed, and the signal's reason when it aborts.
 */
export async function intruders(
  { source, modules: wanted, top }: IntrudersParams,
  onProgress: (progress: ModuleProgress<ModuleCosines>) => void,
  signal?: AbortSignal,
): Promise<Intruders> {
  if (!Number.isInteger(top) || top < 1 || top > MAX_TOP) {
    throw new UserError(`${top} leading directions cannot be looked at; choose 1 to ${MAX_TOP}.`);
  }
  const change = await openChange(source);
  const products = doubleProducts();
  const warnings = [...change.warnings];
  const find = async (linear: LinearLayer, index: number): Promise<ModuleCosines | undefined> => {
    if (Math.min(linear.dIn, linear.dOut) > MAX_SIDE) {
      warnings.push(`the intruder dimensions of ${linear.name} are left out: a matrix of this size would take hours.`);
      return undefined;
    }
    const found = await cosinesOf(change, linear, top, products, normalNumbers(0, 'approximation', index));
    if (found === undefined) {
      warnings.push(`the intruder dimensions of ${linear.name} are left out: it has values that are not finite.`);
      return undefined;
    }
    if (found.residual > SETTLED) {
      warnings.push(`the first singular vectors of ${linear.name} are too alike in strength to be told apart exactly.`);
    }
    return { name: linear.name, cosines: [...found.cosines] };
  };
  try {
    const chosen = chosenModules(change, wanted);
    return { modules: await eachModule(chosen, find, onProgress, signal), warnings };
  } finally {
    await products.dispose();
    await change.close();
  }
}

async function cosinesOf(
  change: ChangedWeights,
  linear: LinearLayer,
  top: number,
  products: DoubleProducts,
  random: () => number,
) {
  const weight = await change.base(linear);
  const base = { rows: linear.dOut, cols: linear.dIn, values: Float64Array.from(weight) };
  const tuned = { ...base, values: await change.delta(linear, weight) };
  for (let i = 0; i < base.values.length; i++) {
    tuned.values[i] = (tuned.values[i] as number) + (base.values[i] as number);
  }
  if (!base.values.every(Number.isFinite) || !tuned.values.every(Number.isFinite)) return undefined;
  return intruderCosines(base, tuned, top, products, random);
}

function chosenModules({ modules }: ChangedWeights, wanted: readonly string[] | null): readonly LinearLayer[] {
  if (wanted === null) return modules;
  const known = new Map(modules.map((linear) => [linear.name, linear]));
  return wanted.map((name) => {
    const linear = known.get(name);
    if (linear === undefined)
      throw new UserError(`"${name}" is not among the modules that are changed; reload the view.`);
    return linear;
  });
}
