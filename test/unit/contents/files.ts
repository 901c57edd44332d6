import { closeSync, mkdtempSync, openSync, rmSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { headerBytes, type TensorDescription } from '../../../src/engine/weights/headerBytes';

export const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/values/${name}`, import.meta.url));

/** A folder of the test file's own; gone after it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mora-contents-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A file whose data are zeros that take no place on the disk, as `truncate` makes them. */
export function writeSparse(file: string, tensors: readonly TensorDescription[], dataBytes: number): void {
  const header = headerBytes(tensors, { format: 'pt' });
  writeFileSync(file, header);
  truncateSync(file, header.length + dataBytes);
}

/** A file with these float32 values, tensor after tensor. */
export function writeFloats(
  file: string,
  tensors: Readonly<Record<string, { shape: readonly number[]; values?: readonly number[] }>>,
  metadata: Readonly<Record<string, string>> = {},
): void {
  const described = Object.entries(tensors).map(([name, { shape }]) => ({ name, dtype: 'F32' as const, shape }));
  const target = openSync(file, 'w');
  writeSync(target, headerBytes(described, metadata));
  for (const { shape, values } of Object.values(tensors)) {
    const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
    if (values !== undefined) data.set(values);
    writeSync(target, new Uint8Array(data.buffer));
  }
  closeSync(target);
}

export function diskBytes(file: string): number {
  return statSync(file).blocks * 512;
}
