import type { Configuration } from '../../config/schema';
import { UserError } from '../../config/userError';
import type { BaseFormat } from '../adapters/frozenWeight';

/** The format of the frozen weights that a configuration asks for. `auto` is float32: exact, and what exports are compared with. */
export function baseFormat({ base }: Configuration['compute']): BaseFormat {
  return base === 'int8' ? 'int8' : 'float32';
}

/** Throws a UserError where changes would have to be merged into bytes, which would round them away. */
export function requireMergeable(base: BaseFormat, { training }: Configuration, merges: number): void {
  if (base !== 'int8') return;
  if (training.remora !== null)
    throw new UserError(
      'Merging into an int8 base would round the merged changes away; set "compute.base" to "float32", or leave out "training.remora".',
    );
  if (merges > 0)
    throw new UserError(
      '"adapter.initial" has merged changes, which an int8 base would round away; set "compute.base" to "float32".',
    );
}
