import { fileURLToPath } from 'node:url';

/** The program of templateProcess.ts, which the build puts beside the engine. */
export const TEMPLATE_PROGRAM = fileURLToPath(new URL('./templates.js', import.meta.url));
