import type { Overrides } from '../config/overrides';
import { UserError } from '../config/userError';

/**
 * Reads the values of `--set path=value`. A value is JSON where it can be read as JSON, else a string:
 * `training.steps=500`, `adapter.mode=sharing`, `adapter.layers=[0,1]`, `data.train=other.jsonl`.
 */
export function parseSetOptions(assignments: readonly string[]): Overrides {
  return Object.fromEntries(assignments.map(parseAssignment));
}

function parseAssignment(assignment: string): [string, unknown] {
  const equals = assignment.indexOf('=');
  const path = assignment.slice(0, Math.max(0, equals)).trim();
  if (path === '' || path.split('.').includes('')) {
    throw new UserError(`--set ${assignment}: it must be a field and its value, such as training.steps=500.`);
  }
  return [path, parseValue(assignment.slice(equals + 1))];
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
