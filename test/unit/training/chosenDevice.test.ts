import { describe, expect, it } from 'vitest';
import type { DeviceTimes } from '../../../src/engine/rpc/probeDevices';
import { chosenDevice } from '../../../src/engine/training/chosenDevice';

const compute = { base: 'auto', threads: null, memory: null } as const;
const probe = (times: DeviceTimes) => () => Promise.resolve(times);
const never = (): Promise<DeviceTimes> => Promise.reject(new Error('nothing is to be measured'));

describe('the device that a run trains on', () => {
  it('is the one that the configuration names, unmeasured', async () => {
    expect(await chosenDevice({ ...compute, device: 'webgpu' }, 'float32', null, never)).toEqual({ device: 'webgpu' });
    expect(await chosenDevice({ ...compute, device: 'cpu' }, 'int8', null, never)).toEqual({ device: 'cpu' });
  });

  it('is the faster one where it is left open, with both times noted', async () => {
    const faster = probe({ webgpu: 1.5e-6, cpu: 30e-6 });
    const chosen = await chosenDevice({ ...compute, device: 'auto' }, 'float32', null, faster);
    expect(chosen.device).toBe('webgpu');
    expect(chosen.note).toContain('1.50 µs a block on webgpu, 30.0 µs on cpu');
    const slower = probe({ webgpu: 5e-3, cpu: 30e-6 });
    expect((await chosenDevice({ ...compute, device: 'auto' }, 'float32', null, slower)).device).toBe('cpu');
  });

  it('is the CPU where there is no other, with the reason noted', async () => {
    const none = probe({ webgpu: null, reason: 'WebGPU finds no graphics card here.' });
    const chosen = await chosenDevice({ ...compute, device: 'auto' }, 'float32', null, none);
    expect(chosen).toEqual({ device: 'cpu', note: 'device: cpu. WebGPU finds no graphics card here.' });
  });

  it('stays what it was when a run goes on', async () => {
    expect(await chosenDevice({ ...compute, device: 'auto' }, 'float32', 'webgpu', never)).toEqual({
      device: 'webgpu',
    });
    expect(await chosenDevice({ ...compute, device: 'cpu' }, 'float32', 'webgpu', never)).toEqual({ device: 'cpu' });
  });

  it('is the CPU for an int8 base; a GPU for it is refused, naming both settings', async () => {
    expect(await chosenDevice({ ...compute, device: 'auto' }, 'int8', null, never)).toEqual({ device: 'cpu' });
    await expect(chosenDevice({ ...compute, device: 'webgpu' }, 'int8', null, never)).rejects.toThrow(
      /"compute.base" int8 is for the CPU; set it to "float32" for "compute.device" webgpu/,
    );
  });
});
