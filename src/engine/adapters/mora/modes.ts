import { MORA_MODE_NAMES, modeOfType, type MoraMode } from '../../../config/mode';
import { AdapterError } from '../adapterError';

/**
 * The mode meant by a name ("rotation") or an official `mora_type` (6 or "6").
 * Throws an AdapterError for type 5, which the official code never defined, and for everything unknown.
 */
export function parseMode(nameOrNumber: string | number): MoraMode {
  const named = MORA_MODE_NAMES.find((name) => name === nameOrNumber);
  const mode = named ?? modeOfType(Number(nameOrNumber));
  if (mode !== undefined) return mode;
  throw new AdapterError(`mora_type ${nameOrNumber} does not exist; use 1 (sharing), 2, 3, 4 or 6 (rotation).`);
}
