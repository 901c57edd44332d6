import { once } from '../../graph/once';
import { withDerivative } from '../../graph/ops/derived';
import { columns } from '../../graph/ops/lookup';
import type { Value } from '../../graph/value';
import type { MoraGeometry } from '../structure';
import { groupTable, repeated, sumPeriods, sumRuns, wrap } from './columnGroups';
import { inputGroups, wrapPad } from './grouping';

const known = new Map<string, (xND: Value) => Value>();

/**
 * C x of sharing, the sums of the inputs of each group: [N, dIn] → [N, r̂], the same value for the same x, for all adapters
 * that group alike. So gate and up, or keys and values, sum their input once, and the gradients that arrive at its sums are
 * added up before they are handed back to the members.
 */
export function inputSums(structure: MoraGeometry): (xND: Value) => Value {
  const { dIn, rHat, type } = structure;
  const runs = type === 2 || type === 3;
  const key = [dIn, rHat, runs].join();
  const sums = known.get(key) ?? once(runs ? runSums(structure) : periodSums(structure));
  known.set(key, sums);
  return sums;
}

function runSums(structure: MoraGeometry): (xND: Value) => Value {
  const { rHat } = structure;
  const groups = groupTable(inputGroups(structure));
  return (xND) => withDerivative(sumRuns(xND, rHat), [xND], (gradient) => [columns(gradient, groups)]);
}

function periodSums(structure: MoraGeometry): (xND: Value) => Value {
  const { dIn, rHat } = structure;
  const extra = wrapPad(structure);
  return (xND) =>
    withDerivative(sumPeriods(wrap(xND, extra), rHat), [xND], (gradient) => [repeated(gradient, dIn, extra)]);
}
