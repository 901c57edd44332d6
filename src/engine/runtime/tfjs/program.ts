import { setImmediate } from 'node:timers/promises';
import type { TfTensor } from '../../graph/tensorFlow';
import { endings, operands, valuesOf, type Program } from '../../graph/program';
import type { Shape, Value } from '../../graph/value';
import { requireSize } from '../hostData';
import type { Executable, HostTensor, RuntimeTensor, TensorData } from '../runtime';
import type { OwnedTfTensor, TensorFlowLibrary } from './library';
import { TfConstant, TfHostTensor, TfResidentTensor } from './tensors';

type Tensors = Readonly<Record<string, RuntimeTensor>>;

/** A program that TensorFlow.js runs operation by operation; each result is freed after its last use. */
export class TfProgram implements Executable {
  private readonly values: readonly Value[];
  /** Results that nobody asks for after a value is computed. */
  private readonly ending: ReadonlyMap<Value, readonly Value[]>;
  /** Made by the first run. */
  private readonly constants = new Map<Value, TfTensor>();

  constructor(
    private readonly tf: TensorFlowLibrary,
    private readonly backend: string,
    private readonly program: Program,
  ) {
    this.values = valuesOf(program);
    const lasting = new Set(program.outputs.values());
    for (const value of this.values) if (value.operation === 'constant') lasting.add(value);
    this.ending = new Map(
      [...endings(this.values)].map(([value, ended]) => [value, ended.filter((other) => !lasting.has(other))]),
    );
  }

  async run(inputs: Tensors, outputs: Tensors): Promise<void> {
    // What follows never waits: without this, nobody else, such as who wants to stop the run, would have a turn.
    await setImmediate();
    if (this.tf.getBackend() !== this.backend) await this.tf.setBackend(this.backend);
    this.tf.tidy(() => {
      const held = new Map<Value, TfTensor>(this.constants);
      for (const [name, value] of this.program.inputs) held.set(value, this.fed(inputs[name], name, value.shape));
      for (const value of this.values) this.compute(value, held);
      for (const [name, value] of this.program.outputs) this.give(tensorOf(held, value), outputs[name], name, value);
    });
  }

  dispose(): Promise<void> {
    for (const constant of this.constants.values()) (constant as OwnedTfTensor).dispose();
    this.constants.clear();
    return Promise.resolve();
  }

  private compute(value: Value, held: Map<Value, TfTensor>): void {
    if (held.has(value)) return;
    const { tf } = this;
    const result = tf.tidy(() =>
      value.tensorFlow(
        tf,
        operands(value).map((operand) => tensorOf(held, operand)),
      ),
    );
    held.set(value, result);
    if (value.operation === 'constant') this.constants.set(value, tf.keep(result));
    for (const ended of this.ending.get(value) ?? []) (tensorOf(held, ended) as OwnedTfTensor).dispose();
  }

  /** An input in the shape that the program wants; another handle, so freeing it frees what was copied for this run only. */
  private fed(tensor: RuntimeTensor | undefined, name: string, shape: Shape): TfTensor {
    if (tensor === undefined) throw new Error(`no tensor for "${name}"`);
    requireSize(tensor, name, shape);
    const { tf } = this;
    return tf.tidy(() => {
      const entries = this.entriesOf(tensor);
      if (entries === undefined) throw new Error(`"${name}" is read before a program gave it`);
      return tf.reshape(entries, shape);
    });
  }

  private entriesOf(tensor: RuntimeTensor): TfTensor | undefined {
    if (tensor instanceof TfResidentTensor || tensor instanceof TfConstant) return tensor.tensor;
    if (tensor instanceof TfHostTensor) return tensor.copyFor(this.tf);
    throw new Error('a tensor of another runtime');
  }

  private give(result: TfTensor, target: RuntimeTensor | undefined, name: string, { shape }: Value): void {
    if (target === undefined) throw new Error(`no tensor for "${name}"`);
    requireSize(target, name, shape);
    if (target instanceof TfResidentTensor) target.hold(this.tf.keep(this.tf.clone(result) as OwnedTfTensor));
    else copyInto((target as HostTensor).data, (result as OwnedTfTensor).dataSync());
  }
}

function tensorOf(held: ReadonlyMap<Value, TfTensor>, value: Value): TfTensor {
  const tensor = held.get(value);
  if (tensor === undefined) throw new Error(`"${value.operation}" is not computed yet`);
  return tensor;
}

function copyInto(data: TensorData, entries: ReturnType<OwnedTfTensor['dataSync']>): void {
  if (data instanceof BigInt64Array) data.set(BigInt64Array.from(Array.from(entries, BigInt)));
  else data.set(entries);
}
