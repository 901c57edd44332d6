/** What the engine says of the machine it runs on, for a bug report. Nothing of it comes from the network. */
export interface Diagnosis {
  readonly node: string;
  /** "linux-x64" */
  readonly platform: string;
  /** Of the operating system's kernel. */
  readonly system: string;
  readonly processor: Processor;
  readonly memory: Memory;
  readonly runtimes: readonly RuntimeState[];
  /** A graphics card with NVIDIA's driver. */
  readonly nvidia: NvidiaCard | null;
  readonly cache: CacheState;
  /** Null where the runtime cannot be loaded; `runtimes` says why. */
  readonly product: ProductProbe | null;
}

export interface Processor {
  readonly model: string;
  /** Null where the system does not say. */
  readonly cores: number | null;
  /** Hardware threads of the machine, and how many of them this process may use. */
  readonly threads: number;
  readonly usableThreads: number;
  /** What speeds up products of float32 and of bytes: "AVX2", "AVX-512", "AVX-512 VNNI". Null where not known. */
  readonly instructions: readonly string[] | null;
}

/** Bytes. */
export interface Memory {
  readonly total: number;
  readonly free: number;
  /** What a container allows; null without a limit. */
  readonly limit: number | null;
}

/** Something that could compute. */
export interface RuntimeState {
  /** "ONNX Runtime, CPU" */
  readonly name: string;
  /**
   * "used": trains here. "ready": would, where a configuration names it. "present": its files are here, and nothing uses
   * them. "absent": they are not.
   */
  readonly state: 'used' | 'ready' | 'present' | 'absent' | 'broken';
  /** Null where absent. */
  readonly version: string | null;
  /** What is to be known or done, one sentence each. */
  readonly notes: readonly string[];
}

export interface NvidiaCard {
  readonly name: string;
  readonly driver: string;
  /** As the driver words it: "24576 MiB". */
  readonly memory: string;
}

export interface CacheState {
  /** Where models of the Hugging Face hub are kept. */
  readonly folder: string;
  readonly exists: boolean;
  /** Models in it. */
  readonly models: number;
  /** Bytes free on its disk; null where the disk does not say. */
  readonly free: number | null;
}

/** Products of two square float32 matrices by the runtime that trains. */
export interface ProductProbe {
  readonly size: number;
  readonly repeats: number;
  /** Seconds for all. */
  readonly seconds: number;
  /** 2·size³·repeats / seconds / 10⁹. */
  readonly gigaflops: number;
}
