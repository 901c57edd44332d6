import { UserError } from '../../config/userError';

/** An adapter that cannot exist as asked. The message says what, for which layer, and how to mend it. */
export class AdapterError extends UserError {}
