import type { LinearLayer } from '../../config/targets';
import { shortened } from '../../config/shortened';
import { UserError } from '../../config/userError';
import { fullStructure } from '../adapters/full/fullStructure';
import { loraStructure } from '../adapters/lora/loraStructure';
import { moraStructure } from '../adapters/mora/moraStructure';
import { rHatOf } from '../adapters/mora/size';
import type { AdapterStructure, ParameterName } from '../adapters/structure';
import { modeOfType } from '../../config/mode';
import { patternValue, type AdapterConfig } from './adapterConfig';
import type { AdapterModule } from './adapterState';
import type { RawAdapter, RawMatrix } from './adapterTensors';
import { layerPermutation } from './layerPermutation';

/**
 * Puts an adapter on the linear layers of a model, in the model's order. Throws a UserError when a module is not in the
 * model or does not fit it: an adapter that loads in part trains and answers without a word of what is missing.
 */
export function bindAdapter(raw: RawAdapter, linears: readonly LinearLayer[]): AdapterModule[] {
  const known = new Set(linears.map(({ name }) => name));
  const unknown = [...raw.modules.keys()].find((path) => !known.has(path));
  if (unknown !== undefined) {
    throw new UserError(
      `${raw.config.file}: the adapter changes "${shortened(unknown)}", which the model does not have; use its own base model.`,
    );
  }
  return linears.flatMap((linear): AdapterModule[] => {
    const matrices = raw.modules.get(linear.name);
    if (matrices === undefined) return [];
    const structure = structureOf(linear, matrices, raw.config);
    for (const [name, shape] of structure.parameterShapes) {
      const stored = matrices.get(name)?.shape ?? [];
      if (stored[0] !== shape[0] || stored[1] !== shape[1]) {
        throw new UserError(
          `${raw.config.file}: ${name} of "${linear.name}" is [${stored.join(', ')}], but the model's layer needs [${shape.join(', ')}]; use the adapter's own base model.`,
        );
      }
    }
    const parameters = Object.fromEntries([...matrices].map(([name, { values }]) => [name, values]));
    return [{ linear, structure, parameters }];
  });
}

function structureOf(
  linear: LinearLayer,
  matrices: ReadonlyMap<ParameterName, RawMatrix>,
  config: AdapterConfig,
): AdapterStructure {
  const rank = patternValue(config.rankPattern, linear.name) ?? config.rank ?? 1;
  switch (config.method) {
    case 'mora': {
      const rHat = matrices.get('M')?.shape[0] ?? 0;
      requireExpectedRHat(linear, rHat, rank, config);
      const { permutation: key } = config.remora;
      const permutation = key === null ? null : layerPermutation(key, linear);
      return moraStructure({ dIn: linear.dIn, dOut: linear.dOut, rank, type: config.moraType, rHat, permutation });
    }
    case 'lora': {
      const stored = matrices.get('A')?.shape[0] ?? rank;
      const alpha = patternValue(config.alphaPattern, linear.name) ?? config.alpha;
      const { rankStabilised } = config;
      return loraStructure({ dIn: linear.dIn, dOut: linear.dOut, rank: stored, alpha, rankStabilised });
    }
    case 'full':
      return fullStructure(linear);
  }
}

/** How far r̂ may be from both rules: the code rounds, the paper floors, and each has been implemented both ways. */
const RHAT_TOLERANCE = 1;

/** r̂ comes from the tensor; the rank must lead to it, or the adapter is for layers of another size. */
function requireExpectedRHat(linear: LinearLayer, rHat: number, rank: number, config: AdapterConfig): void {
  const { dIn, dOut, name } = linear;
  const type = modeOfType(config.moraType) === 'rotation' ? 6 : 1;
  const rounded = rHatOf(linear, rank, type);
  const exact = Math.floor(Math.sqrt((dIn + dOut) * rank));
  const floored = type === 6 ? exact - (exact % 2) : exact;
  if ([rounded, floored].some((expected) => Math.abs(rHat - expected) <= RHAT_TOLERANCE)) return;
  throw new UserError(
    `${config.file}: M of "${name}" has side ${rHat}, but rank ${rank} on a layer ${dIn} → ${dOut} gives ${rounded}; use the adapter's own base model, or correct "r".`,
  );
}
