import { product } from '../graph/ops/contraction';
import { input } from '../graph/value';
import { onnxRuntime } from '../runtime/onnxruntime';
import { threadCount } from '../runtime/threads';
import type { ProductProbe } from '../rpc/diagnosis';

/** Large enough for the processor to be what is measured, small enough for a slow one to do it some times a second. */
const SIZE = 1024;
const SECONDS = 1;

/** Measures for about a second. Throws the signal's reason when it aborts, and an Error for a wrong product. */
export async function productProbe(signal: AbortSignal): Promise<ProductProbe> {
  const runtime = onnxRuntime({ threads: threadCount() });
  const shape = [SIZE, SIZE] as const;
  const [a, b] = [input('a', shape), input('b', shape)];
  const program = await runtime.compile({
    inputs: new Map([
      ['a', a],
      ['b', b],
    ]),
    outputs: new Map([['y', product(a, b)]]),
  });
  try {
    const values = (value: number) => runtime.tensor(new Float32Array(SIZE * SIZE).fill(value), shape);
    const result = new Float32Array(SIZE * SIZE);
    const outputs = { y: runtime.tensor(result, shape) };
    // Each entry of the product is SIZE · 1/SIZE · 3 = 3.
    const inputs = { a: values(1 / SIZE), b: values(3) };
    await program.run(inputs, outputs); // The first run also makes room.
    const began = performance.now();
    let seconds = 0;
    let repeats = 0;
    while (seconds < SECONDS) {
      signal.throwIfAborted();
      await program.run(inputs, outputs);
      repeats++;
      seconds = (performance.now() - began) / 1000;
    }
    if (!result.every((value) => value === 3)) throw new Error('the runtime computes a product of matrices wrongly');
    return { size: SIZE, repeats, seconds, gigaflops: (2 * SIZE ** 3 * repeats) / seconds / 1e9 };
  } finally {
    await program.dispose();
  }
}
