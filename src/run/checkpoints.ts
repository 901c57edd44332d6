import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '../config/userError';

export interface CheckpointEntry {
  readonly step: number;
  readonly folder: string;
}

/** "step-0000100": sorts by name as by number. */
export function checkpointName(step: number): string {
  return `step-${String(step).padStart(7, '0')}`;
}

/** 100 of "step-0000100"; undefined for every other name. */
export function checkpointStep(name: string): number | undefined {
  const match = /^step-(\d{7,})$/.exec(name);
  return match === null ? undefined : Number(match[1]);
}

/** The whole checkpoints in a run's checkpoints folder, oldest first. Unfinished ones have another name and are left out. */
export async function listCheckpoints(checkpoints: string): Promise<CheckpointEntry[]> {
  let names: string[];
  try {
    names = await readdir(checkpoints);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
  return names
    .flatMap((name) => {
      const step = checkpointStep(name);
      return step === undefined ? [] : [{ step, folder: join(checkpoints, name) }];
    })
    .sort((a, b) => a.step - b.step);
}
