import { fileURLToPath } from 'node:url';
import type { EngineService } from '../engine/rpc/engineService';
import { startEngineService } from '../engine/rpc/startEngineService';
import type { EngineProgram } from '../engine/rpc/engineProgram';

/** The engine's bundle lies beside that of the command line, and runs on the same Node. */
export function engineProgram(): EngineProgram {
  return { node: process.execPath, engine: fileURLToPath(new URL('engine.js', import.meta.url)) };
}

/** Asks the engine, and ends it whatever comes of it. */
export async function withEngine<T>(debug: boolean, use: (engine: EngineService) => Promise<T>): Promise<T> {
  const onLog = (text: string): void => {
    if (debug) process.stderr.write(text);
  };
  const engine = startEngineService({ ...engineProgram(), onLog });
  try {
    return await use(engine);
  } finally {
    engine.dispose();
  }
}
