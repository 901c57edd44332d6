import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { NvidiaCard } from '../rpc/diagnosis';

/** A driver that hangs, as after a crash of the card, must not hang us. */
const TIMEOUT_MS = 5_000;

/** The first card that NVIDIA's driver lists; null without the driver. */
export async function nvidiaCard(): Promise<NvidiaCard | null> {
  const query = ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader'];
  try {
    const { stdout } = await promisify(execFile)(program(), query, { timeout: TIMEOUT_MS, windowsHide: true });
    return parseCard(stdout);
  } catch {
    return null;
  }
}

/** "NVIDIA GeForce RTX 4090, 550.54.14, 24564 MiB" */
export function parseCard(text: string): NvidiaCard | null {
  const [name, driver, memory] = (text.split('\n')[0] ?? '').split(',').map((part) => part.trim());
  if (name === undefined || name === '' || driver === undefined || memory === undefined) return null;
  return { name, driver, memory };
}

/** On Windows by its path: a name alone would first be looked for in the current folder, which may be anyone's. */
function program(): string {
  if (process.platform !== 'win32') return 'nvidia-smi';
  return join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'nvidia-smi.exe');
}
