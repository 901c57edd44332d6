import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the random models of benchmarks stay. */
export const MODEL_CACHE = join(process.env.MORA_STUDIO_CACHE ?? join(homedir(), '.cache', 'mora-studio'), 'bench');
