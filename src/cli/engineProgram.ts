import { fileURLToPath } from 'node:url';
import { attachEngine, type AttachedEngine } from '../engine/rpc/attachEngine';
import type { EngineServiceOptions } from '../engine/rpc/engineConnection';
import type { EngineService } from '../engine/rpc/engineService';
import { startEngineService } from '../engine/rpc/startEngineService';
import type { EngineProgram } from '../engine/rpc/engineProgram';

/** The engine's bundle lies beside that of the command line, and runs on the same Node. */
export function engineProgram(): EngineProgram {
  return { node: process.execPath, engine: fileURLToPath(new URL('engine.js', import.meta.url)) };
}

/** Starts an engine that plans and trains, and ends with this process. */
export function attachedEngine(debug: boolean): AttachedEngine {
  return attachEngine(heard(debug));
}

/** Asks the engine, and ends it whatever comes of it. */
export async function withEngine<T>(debug: boolean, use: (engine: EngineService) => Promise<T>): Promise<T> {
  const engine = startEngineService(heard(debug));
  try {
    return await use(engine);
  } finally {
    engine.dispose();
  }
}

/** With `debug`, what the engine prints comes out on stderr. */
function heard(debug: boolean): EngineServiceOptions {
  return { ...engineProgram(), ...(debug && { onLog: (text: string) => void process.stderr.write(text) }) };
}
