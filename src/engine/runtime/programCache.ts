import type { Program } from '../graph/program';
import type { Executable, Runtime } from './runtime';

/** Programs differ by batch shape; this many stay compiled. More than any run of fixed row length needs. */
const CAPACITY = 96;

/** Compiles each program once and forgets the least recently used. */
export class ProgramCache {
  private readonly compiled = new Map<string, Promise<Executable>>();

  constructor(private readonly runtime: Runtime) {}

  async get(key: string, build: () => Program): Promise<Executable> {
    let executable = this.compiled.get(key);
    if (executable === undefined) {
      executable = this.runtime.compile(build());
    } else {
      this.compiled.delete(key);
    }
    this.compiled.set(key, executable);
    if (this.compiled.size > CAPACITY) {
      const [oldest] = this.compiled;
      if (oldest !== undefined) {
        this.compiled.delete(oldest[0]);
        await (await oldest[1]).dispose();
      }
    }
    return executable;
  }

  async dispose(): Promise<void> {
    const all = [...this.compiled.values()];
    this.compiled.clear();
    for (const executable of all) await (await executable).dispose();
  }
}
