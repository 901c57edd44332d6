import { bundledProgram } from './bundledProgram';

let program: string | undefined;

/** Stands in for the product's module of this name, as templateProgram.ts does; bundled when first asked for. */
export function quantiseProgram(): string {
  return (program ??= bundledProgram('models/quantiseThread.ts'));
}
