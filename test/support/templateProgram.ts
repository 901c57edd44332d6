import { bundledProgram } from './bundledProgram';

/**
 * Stands in for the product's module of this name, whose program lies beside the built engine: tests run sources, so it
 * is bundled here, once a process.
 */
export const TEMPLATE_PROGRAM = bundledProgram('data/chat/templateProcess.ts');
