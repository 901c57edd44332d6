import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheState } from '../../../src/engine/diagnosis/cacheState';
import { parseCard } from '../../../src/engine/diagnosis/nvidia';
import { parseProcessorInfo } from '../../../src/engine/diagnosis/processor';

function block(processor: number, physical: number, core: number, flags: string): string {
  return [
    `processor\t: ${processor}`,
    'model name\t: Some CPU',
    `physical id\t: ${physical}`,
    `core id\t\t: ${core}`,
    `flags\t\t: ${flags}`,
    '',
  ].join('\n');
}

describe('the processor', () => {
  it('has as many cores as there are pairs of socket and core, and the instructions that matter', () => {
    const flags = 'fpu avx avx2 fma avx512f avx512_vnni ht';
    const info = [block(0, 0, 0, flags), block(1, 0, 1, flags), block(2, 0, 0, flags), block(3, 1, 0, flags)].join(
      '\n',
    );
    expect(parseProcessorInfo(info)).toEqual({
      cores: 3,
      instructions: ['AVX2', 'FMA', 'AVX-512', 'AVX-512 VNNI'],
    });
  });

  it('of ARM lists features, and no cores', () => {
    const info = 'processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd asimddp i8mm\nCPU part\t: 0xd0c\n';
    expect(parseProcessorInfo(info)).toEqual({
      cores: null,
      instructions: ['NEON', 'NEON dot product', 'NEON int8 matrices'],
    });
  });

  it('is not guessed where the system says nothing', () => {
    expect(parseProcessorInfo(undefined)).toEqual({ cores: null, instructions: null });
    expect(parseProcessorInfo('')).toEqual({ cores: null, instructions: null });
  });
});

describe('the card', () => {
  it('is the first that the driver lists', () => {
    const card = { name: 'NVIDIA H100 80GB HBM3', driver: '550.54.14', memory: '81559 MiB' };
    expect(parseCard('NVIDIA H100 80GB HBM3, 550.54.14, 81559 MiB\nOther, 1, 2\n')).toEqual(card);
  });

  it.each(['', '\n', 'No devices were found\n'])('is none for %j', (text) => {
    expect(parseCard(text)).toBeNull();
  });
});

describe('the cache', () => {
  let home: string;

  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'mora-cache-'));
  });

  afterEach(() => rm(home, { recursive: true, force: true }));

  it('counts its models and the room on its disk, also where it is not there yet', async () => {
    const absent = await cacheState(path.join(home, 'not', 'yet'));
    expect(absent).toMatchObject({ exists: false, models: 0 });
    expect(absent.free).toBeGreaterThan(0);
    const hub = path.join(home, 'hub');
    for (const name of ['models--a--b', 'models--c--d', 'datasets--e--f', '.locks'])
      await mkdir(path.join(hub, name), { recursive: true });
    expect(await cacheState(hub)).toMatchObject({ folder: hub, exists: true, models: 2 });
  });
});
