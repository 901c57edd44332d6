import { UserError } from '../config/userError';

/** Why a call failed, in one line for the model: what can be mended as it is said, a bug as one. */
export function toolFailure(error: unknown): string {
  const message = (error instanceof Error ? error.message : String(error)).trim().replace(/\s*\n\s*/g, ' ');
  return error instanceof UserError ? message : `This is an error of MoRA Studio itself: ${message}`;
}
