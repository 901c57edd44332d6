import { describe, expect, it } from 'vitest';
import { OP_KINDS, opKind } from '../../../bench/opKinds';
import { opMilliseconds, runMilliseconds, type ProfileEvent } from '../../../bench/profileTimes';

describe('the kind of an op', () => {
  it('is one of those in which its time is told', () => {
    expect(opKind('MatMulIntegerToFloat')).toBe('integer products');
    expect(opKind('FusedMatMul')).toBe('float32 products');
    expect(opKind('Mul')).toBe('element-wise');
    expect(opKind('Softmax')).toBe('reductions and norms');
    expect(opKind('Transpose')).toBe('copies and layout');
    expect(opKind('QuantizeLinear')).toBe('quantisation');
  });

  it('is exactly one', () => {
    const ops = Object.values(OP_KINDS).flat();
    expect(ops).toHaveLength(new Set(ops).size);
  });

  it('is asked for where an op has none, so that its time cannot be lost', () => {
    expect(() => opKind('Einsum')).toThrow('"Einsum" has no kind: give it one in bench/opKinds.ts');
    expect(() => opKind('constructor')).toThrow('has no kind');
  });
});

describe('the times of a profile', () => {
  const run = (ts: number, dur: number): ProfileEvent => ({ cat: 'Session', name: 'model_run', ts, dur });
  const kernel = (op: string, ts: number, dur: number): ProfileEvent => ({
    cat: 'Node',
    name: `${op}.t1_kernel_time`,
    ts,
    dur,
    args: { op_name: op },
  });
  // Two runs a step, of which the first step is warm-up. The profiler writes an op's entry before that of its run.
  const events = [
    { cat: 'Session', name: 'model_loading_array', ts: 0, dur: 90 },
    ...[kernel('Mul', 110, 900), kernel('Add', 120, 900), run(100, 1000)],
    ...[kernel('Mul', 1210, 900), kernel('Add', 1220, 900), run(1200, 1000)],
    ...[kernel('Mul', 2310, 30), kernel('Add', 2350, 5), kernel('Mul', 2360, 20), run(2300, 100)],
    ...[kernel('Mul', 2410, 50), { ...kernel('Add', 2470, 400), name: 'Add.t1_fence_before' }, run(2400, 100)],
  ];

  it('are of the steps after the warm-up, added up by op', () => {
    expect(Object.fromEntries(opMilliseconds(events, { warmup: 1, steps: 2 }))).toEqual({ Mul: 0.1, Add: 0.005 });
  });

  it('and those of its runs, with what lies between the ops', () => {
    expect(runMilliseconds(events, { warmup: 1, steps: 2 })).toBeCloseTo(0.2);
  });

  it('are refused when steps ran the program differently often: which runs were warm-up is then not known', () => {
    expect(() => opMilliseconds(events.slice(0, -3), { warmup: 1, steps: 2 })).toThrow('ran 3 times in 2 steps');
    expect(() => opMilliseconds([], { warmup: 1, steps: 2 })).toThrow('ran 0 times');
  });
});
