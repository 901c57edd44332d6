import { Worker } from 'node:worker_threads';
import type { Program } from '../../graph/program';
import type { Shape } from '../../graph/value';
import { programPath } from '../../programPath';
import { endAfter, REST_MS } from '../../threads/threadPool';
import { requireSize } from '../hostData';
import type { OnnxModel } from '../onnxModel';
import { cpuModel } from '../onnxruntime';
import type { OnnxRuntimeOptions } from '../onnxSession';
import type { Executable, HostTensor, ResidentTensor, Runtime, RuntimeTensor, TensorData } from '../runtime';
import { nextTensorId, sharedConstant, SharedTensor } from './sharedTensor';
import type { Answer, Letter, Order, SharedMemory } from './threadMessages';

/** Models of programs, which several threads run. */
const models = new WeakMap<Program, OnnxModel>();
let programs = 0;

/**
 * ONNX Runtime's CPU provider in a thread of its own: runs of several such runtimes go side by side, which those of one
 * thread cannot, since the binding blocks it. All read the same shared tensors; what only programs read and write is in
 * memory of the thread. A run that writes nothing else is not waited for: the thread has its next one when it has done it,
 * and an error is told by the next that is.
 */
export class ThreadedRuntime implements Runtime {
  readonly name = 'onnxruntime-cpu';
  readonly sharesMemory = true;
  readonly queuesRuns = true;
  private readonly worker: Worker;
  private readonly waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  /** Shared tensors that the thread knows. */
  private readonly known = new Set<number>();
  private ended: Error | undefined;

  constructor(options: OnnxRuntimeOptions) {
    this.worker = new Worker(programPath('compute'), { workerData: options });
    this.worker.on('message', (answer: Answer) => {
      const asked = this.waiting.shift();
      if (answer.kind === 'done') asked?.resolve();
      else asked?.reject(new Error(answer.message));
    });
    // A thread ends by itself only when it runs out of memory or its program cannot be loaded.
    this.worker.on('error', (error) => this.end(error));
    this.worker.on('exit', () => this.end(new Error('a thread that computes ended')));
  }

  async compile(program: Program): Promise<Executable> {
    const model = models.get(program) ?? cpuModel(program);
    models.set(program, model);
    const id = ++programs;
    const inputs = [...program.inputs.keys()];
    const outputs = [...program.outputs.keys()].map((name) => model.outputNames.get(name) ?? '');
    await this.ask({ kind: 'compile', program: id, model: model.bytes, inputs, outputs });
    return {
      run: (given, results) => this.run(id, program, given, results),
      dispose: async () => {
        if (this.ended === undefined) await this.ask({ kind: 'release', program: id });
      },
    };
  }

  tensor(data: TensorData, shape: Shape): SharedTensor {
    return new SharedTensor(data, shape);
  }

  constant(data: TensorData, shape: Shape): SharedTensor {
    return sharedConstant(data, shape);
  }

  dropCopy(tensor: HostTensor): void {
    if (tensor instanceof SharedTensor && this.known.delete(tensor.id)) this.forget(tensor.id);
  }

  /** There at once: what a batch keeps should not come to lie between the pieces that programs take and give back. */
  resident(shape: Shape, before?: ResidentTensor): ResidentTensor {
    const tensor = new OwnTensor(shape, (id) => this.forget(id));
    const replaces = before instanceof OwnTensor ? before.id : undefined;
    this.tell({ kind: 'hold', tensor: { id: tensor.id, shape, replaces } });
    return tensor;
  }

  /** The thread ends behind it, after a rest, and keeps no process alive. */
  close(): void {
    this.end(new Error('a program was run after its thread was closed'));
    this.worker.unref();
    endAfter(REST_MS, this.worker);
  }

  private async run(
    id: number,
    program: Program,
    given: Readonly<Record<string, RuntimeTensor>>,
    results: Readonly<Record<string, RuntimeTensor>>,
  ): Promise<void> {
    const news: SharedMemory[] = [];
    const inputs = [...program.inputs].map(([name, { shape }]) => {
      const tensor = threadTensor(given[name], name, shape);
      if (tensor instanceof SharedTensor) tensor.publish();
      return this.told(tensor, news);
    });
    const written = [...program.outputs].map(([name, { shape }]) => threadTensor(results[name], name, shape));
    const outputs = written.map((tensor) => this.told(tensor, news));
    const order = { kind: 'run', program: id, news, inputs, outputs } as const;
    const shared = written.filter((tensor) => tensor instanceof SharedTensor);
    if (shared.length === 0) {
      this.tell(order);
      return;
    }
    await this.ask(order);
    for (const tensor of shared) tensor.collect();
  }

  /** The id of a tensor, which goes with the news where the thread does not know it. */
  private told(tensor: SharedTensor | OwnTensor, news: SharedMemory[]): number {
    if (tensor instanceof SharedTensor && !this.known.has(tensor.id)) {
      this.known.add(tensor.id);
      news.push(tensor.memory);
    }
    return tensor.id;
  }

  private forget(tensor: number): void {
    if (this.ended === undefined) this.tell({ kind: 'forget', tensor });
  }

  /** Gives an order that is answered. */
  private ask(order: Order): Promise<void> {
    return new Promise((resolve, reject) => {
      this.send({ order, isAnswered: true });
      this.waiting.push({ resolve, reject });
    });
  }

  /** Gives an order that is not. */
  private tell(order: Order): void {
    this.send({ order, isAnswered: false });
  }

  private send(letter: Letter): void {
    if (this.ended !== undefined) throw this.ended;
    this.worker.postMessage(letter);
  }

  private end(error: Error): void {
    this.ended ??= error;
    for (const { reject } of this.waiting.splice(0)) reject(this.ended);
  }
}

/** Memory of one thread, which only its programs read and write. */
class OwnTensor implements ResidentTensor {
  readonly id = nextTensorId();
  readonly type = 'float32';

  constructor(
    readonly shape: Shape,
    private readonly forget: (id: number) => void,
  ) {}

  dispose(): void {
    this.forget(this.id);
  }
}

function threadTensor(tensor: RuntimeTensor | undefined, name: string, shape: Shape): SharedTensor | OwnTensor {
  if (!(tensor instanceof SharedTensor || tensor instanceof OwnTensor)) throw new Error(`no tensor for "${name}"`);
  requireSize(tensor, name, shape);
  return tensor;
}
