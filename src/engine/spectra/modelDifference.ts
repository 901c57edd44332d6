import { performance } from 'node:perf_hooks';
import { frobenius, rankMeasures } from '../../analysis/rankMeasures';
import { singularValues } from '../../analysis/singularValues';
import type { LinearLayer } from '../../config/targets';
import { normalNumbers } from '../data/random';
import type { ModuleSpectrum } from '../../run/spectra';
import type { DifferenceParams, ModelDifference, ModuleProgress } from '../rpc/changes';
import { openChange } from './changedWeights';
import { doubleProducts, type DoubleProducts } from './doubleProducts';
import { eachModule } from './eachModule';
import { randomisedSpectrum, type PartialSpectrum } from './randomisedSpectrum';

/** Up to this smaller side the whole spectrum takes seconds; of a larger matrix it takes minutes. */
const EXACT_SIDE = 1024;

/** Singular values of a larger matrix: several times the rank of any LoRA in use. */
const LARGEST = 256;

/**
 * The spectra of the difference of two models, ΔW = W₂ − W₁, module by module: exact where the smaller side is at most
 * 1024, else the 256 largest singular values with a bound of what they leave out ({@link PartialSpectrum}). Memory holds
 * a few copies of one matrix. Throws a UserError when the folders do not fit each other, and the signal's reason.
 */
export async function modelDifference(
  { base, tuned }: DifferenceParams,
  onProgress: (progress: ModuleProgress<ModuleSpectrum>) => void,
  signal?: AbortSignal,
): Promise<ModelDifference> {
  const began = performance.now();
  const change = await openChange({ kind: 'difference', base, tuned });
  const products = doubleProducts();
  const warnings = [...change.warnings];
  try {
    const modules = await eachModule(
      change.modules,
      async (linear, index): Promise<ModuleSpectrum | undefined> => {
        const weight = await change.base(linear);
        const delta = await change.delta(linear, weight);
        if (!delta.every(Number.isFinite)) {
          warnings.push(`the singular values of ${linear.name} are left out: it has values that are not finite.`);
          return undefined;
        }
        return spectrumOf(linear, delta, normOf(weight), products, normalNumbers(0, 'approximation', index));
      },
      onProgress,
      signal,
    );
    return { base, tuned, modules, warnings, seconds: (performance.now() - began) / 1000 };
  } finally {
    await products.dispose();
    await change.close();
  }
}

async function spectrumOf(
  linear: LinearLayer,
  delta: Float64Array,
  baseNorm: number,
  products: DoubleProducts,
  random: () => number,
): Promise<ModuleSpectrum> {
  const { name, layer, module, dIn, dOut } = linear;
  const side = Math.min(dIn, dOut);
  const about = {
    ...{ name, layer, module, dIn, dOut, method: 'full' as const },
    ...{ parameters: dIn * dOut, rankBound: side, baseNorm },
  };
  if (side <= EXACT_SIDE) {
    const values = singularValues(delta, dOut, dIn);
    return { ...about, ...measures({ singularValues: values, norm: frobenius(values) }) };
  }
  const found = await randomisedSpectrum({ rows: dOut, cols: dIn, values: delta }, LARGEST, products, random);
  return { ...about, ...measures(found), residual: found.residual };
}

/** Of values that may be the largest alone: the norm is that of the whole matrix. */
function measures({ singularValues: values, norm }: Pick<PartialSpectrum, 'singularValues' | 'norm'>) {
  return { ...rankMeasures(values, { norm }), singularValues: [...values] };
}

function normOf(values: Float32Array): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i] as number) ** 2;
  return Math.sqrt(squares);
}
