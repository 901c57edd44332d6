import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import type { Processor } from '../rpc/diagnosis';

/** Flags of /proc/cpuinfo that matter for products, and what people call them. */
const INSTRUCTIONS: Readonly<Record<string, string>> = {
  avx2: 'AVX2',
  fma: 'FMA',
  avx_vnni: 'AVX-VNNI',
  avx512f: 'AVX-512',
  avx512_vnni: 'AVX-512 VNNI',
  avx512_bf16: 'AVX-512 BF16',
  amx_int8: 'AMX int8',
  asimd: 'NEON',
  asimddp: 'NEON dot product',
  i8mm: 'NEON int8 matrices',
  sve: 'SVE',
};

/** The processor, as far as the system tells: only Linux lists instructions without a program of its own. */
export async function processor(): Promise<Processor> {
  const all = cpus();
  const info = await readFile('/proc/cpuinfo', 'utf8').catch(() => undefined);
  return {
    model: all[0]?.model.trim() ?? 'unknown',
    threads: all.length,
    usableThreads: availableParallelism(),
    ...parseProcessorInfo(info),
  };
}

/** Cores and instructions of the text of /proc/cpuinfo. */
export function parseProcessorInfo(info: string | undefined): Pick<Processor, 'cores' | 'instructions'> {
  if (info === undefined) return { cores: null, instructions: null };
  const flags = new Set(/^(?:flags|Features)\s*:(.*)$/m.exec(info)?.[1]?.trim().split(/\s+/));
  const cores = new Set<string>();
  for (const block of info.split(/\n\s*\n/)) {
    const core = /^core id\s*:\s*(\d+)/m.exec(block)?.[1];
    if (core !== undefined) cores.add(`${/^physical id\s*:\s*(\d+)/m.exec(block)?.[1] ?? ''} ${core}`);
  }
  return {
    cores: cores.size === 0 ? null : cores.size,
    instructions:
      flags.size === 0 ? null : Object.entries(INSTRUCTIONS).flatMap(([flag, name]) => (flags.has(flag) ? [name] : [])),
  };
}
