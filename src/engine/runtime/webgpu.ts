import { InferenceSession, type Tensor } from 'onnxruntime-node';
import type { Program } from '../graph/program';
import { input, type ElementType, type Shape } from '../graph/value';
import { copyInto, requireSize } from './hostData';
import { onnxModel } from './onnxModel';
import { OnnxHostTensor } from './onnxTensor';
import type { Executable, HostTensor, ResidentTensor, Runtime, RuntimeTensor, TensorData } from './runtime';

export interface WebGpuOptions {
  /** Prefix of a file that gets each op with its provider, for tests and benchmarks. */
  readonly profile?: string;
}

/** ONNX Runtime's WebGPU provider: Direct3D 12, Metal or Vulkan, whichever the machine has. */
export function webGpu(options: WebGpuOptions = {}): Runtime {
  const uploads = new Uploads(options);
  return {
    name: 'onnxruntime-webgpu',
    compile: (program) => Promise.resolve(new GpuProgram(program, uploads, options)),
    tensor: (data, shape) => new OnnxHostTensor(data, shape),
    // Whole numbers are positions and indices: a few bytes, and reshaping them, all that an upload does, is left to the CPU.
    constant: (data, shape) =>
      data instanceof Float32Array ? new GpuConstant(data, shape) : new OnnxHostTensor(data, shape),
    dropCopy: (constant) => {
      if (constant instanceof GpuConstant) constant.release();
    },
    resident: (shape, before) => {
      before?.dispose();
      return new GpuTensor(shape);
    },
  };
}

/** Memory on the GPU, made by the program that last gave it as output. */
class GpuTensor implements ResidentTensor {
  readonly type: ElementType = 'float32';
  private held: Tensor | undefined;

  constructor(readonly shape: Shape) {}

  get onnx(): Tensor | undefined {
    return this.held;
  }

  hold(tensor: Tensor): void {
    this.held?.dispose();
    this.held = tensor;
  }

  dispose(): void {
    this.held?.dispose();
    this.held = undefined;
  }
}

/** Ordinary memory with a copy on the GPU, made when a program first reads it. */
class GpuConstant extends OnnxHostTensor {
  private copy: GpuTensor | undefined;

  async onGpu(uploads: Uploads): Promise<Tensor | undefined> {
    this.copy ??= await uploads.copyOf(this);
    return this.copy.onnx;
  }

  release(): void {
    this.copy?.dispose();
    this.copy = undefined;
  }
}

/** Makes copies on the GPU, by a program for each shape that gives back what it gets. */
class Uploads {
  private readonly programs = new Map<string, GpuProgram>();

  constructor(private readonly options: WebGpuOptions) {}

  async copyOf(tensor: OnnxHostTensor): Promise<GpuTensor> {
    const { shape } = tensor;
    const key = shape.join('x');
    let program = this.programs.get(key);
    if (program === undefined) {
      const x = input('x', shape);
      program = new GpuProgram({ inputs: new Map([['x', x]]), outputs: new Map([['copy', x]]) }, this, this.options);
      this.programs.set(key, program);
    }
    const copy = new GpuTensor(shape);
    await program.run({ x: new OnnxHostTensor(tensor.data, shape) }, { copy });
    return copy;
  }
}

/** A program with a session for each choice of outputs that stay on the GPU: ONNX Runtime wants to know it beforehand. */
class GpuProgram implements Executable {
  private readonly sessions = new Map<string, Promise<InferenceSession>>();
  private readonly model;

  constructor(
    private readonly program: Program,
    private readonly uploads: Uploads,
    private readonly options: WebGpuOptions,
  ) {
    this.model = onnxModel(program, {
      fusedProducts: false,
      padsByJoining: false,
      runsDepthFirst: false,
      unconvertible: false,
    });
  }

  async run(
    inputs: Readonly<Record<string, RuntimeTensor>>,
    outputs: Readonly<Record<string, RuntimeTensor>>,
  ): Promise<void> {
    const feeds: Record<string, Tensor> = {};
    for (const [name, { shape }] of this.program.inputs) feeds[name] = await this.fed(inputs[name], name, shape);
    const session = await this.sessionFor(outputs);
    const results = await session.run(feeds);
    for (const [name, { shape }] of this.program.outputs) {
      const result = results[this.model.outputNames.get(name) ?? ''];
      const target = outputs[name];
      if (result === undefined || target === undefined) throw new Error(`no tensor for "${name}"`);
      requireSize(target, name, shape);
      if (target instanceof GpuTensor) target.hold(result);
      else copyInto((target as HostTensor).data, result.data as TensorData);
    }
  }

  async dispose(): Promise<void> {
    for (const session of this.sessions.values()) {
      const opened = await session;
      if (this.options.profile !== undefined) opened.endProfiling();
      await opened.release();
    }
    this.sessions.clear();
  }

  private async fed(tensor: RuntimeTensor | undefined, name: string, shape: Shape): Promise<Tensor> {
    if (tensor === undefined) throw new Error(`no tensor for "${name}"`);
    requireSize(tensor, name, shape);
    const onnx =
      tensor instanceof GpuConstant ? await tensor.onGpu(this.uploads) : (tensor as GpuTensor | OnnxHostTensor).onnx;
    if (onnx === undefined) throw new Error(`"${name}" is read before a program gave it`);
    return onnx;
  }

  private sessionFor(outputs: Readonly<Record<string, RuntimeTensor>>): Promise<InferenceSession> {
    const locations: Record<string, 'gpu-buffer' | 'cpu'> = {};
    for (const [name, onnxName] of this.model.outputNames) {
      locations[onnxName] = outputs[name] instanceof GpuTensor ? 'gpu-buffer' : 'cpu';
    }
    const key = JSON.stringify(locations);
    let session = this.sessions.get(key);
    if (session === undefined) this.sessions.set(key, (session = this.open(locations)));
    return session;
  }

  private open(preferredOutputLocation: Readonly<Record<string, 'gpu-buffer' | 'cpu'>>): Promise<InferenceSession> {
    const { profile } = this.options;
    return InferenceSession.create(this.model.bytes, {
      executionProviders: ['webgpu'],
      preferredOutputLocation,
      graphOptimizationLevel: 'all',
      // Ops that compute shapes belong on the CPU; ONNX Runtime warns of them all the same.
      logSeverityLevel: 3,
      ...(profile !== undefined && { enableProfiling: true, profileFilePrefix: profile }),
    });
  }
}
