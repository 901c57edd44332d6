import { product } from '../src/engine/graph/ops/contraction';
import { quantisedProduct } from '../src/engine/graph/ops/quantisation';
import { input } from '../src/engine/graph/value';
import { onnxRuntime } from '../src/engine/runtime/onnxruntime';
import { threadCount } from '../src/engine/runtime/threads';

interface Options {
  readonly tokens: number;
  /** Inputs and outputs of each product. */
  readonly sizes: readonly (readonly [dIn: number, dOut: number])[];
}

const REPEATS = 12;

/** GFLOP/s that products of these sizes reach by themselves, the best of some runs each; one line of JSON. */
async function productLimit({ tokens, sizes }: Options): Promise<void> {
  const runtime = onnxRuntime({ threads: threadCount() });
  const found = { float32: 0, int8: 0 };
  for (const base of ['float32', 'int8'] as const) {
    let seconds = 0;
    let operations = 0;
    for (const [dIn, dOut] of sizes) {
      const x = input('x', [tokens, dIn]);
      const weight = input('weight', [dIn, dOut], base);
      const scales = input('scales', [dOut]);
      const y = base === 'int8' ? quantisedProduct(x, weight, scales) : product(x, weight);
      const inputs = [x, weight, ...(base === 'int8' ? [scales] : [])];
      const program = await runtime.compile({
        inputs: new Map(inputs.map((value) => [value.inputName ?? '', value])),
        outputs: new Map([['y', y]]),
      });
      const noise = (count: number): Float32Array => Float32Array.from({ length: count }, () => Math.random() - 0.5);
      const bytes = Int8Array.from({ length: dIn * dOut }, () => 254 * (Math.random() - 0.5));
      const feeds = {
        x: runtime.tensor(noise(tokens * dIn), [tokens, dIn]),
        weight: runtime.tensor(base === 'int8' ? bytes : noise(dIn * dOut), [dIn, dOut]),
        scales: runtime.tensor(noise(dOut), [dOut]),
      };
      const outputs = { y: runtime.tensor(new Float32Array(tokens * dOut), [tokens, dOut]) };
      let best = Infinity;
      for (let run = 0; run < REPEATS; run++) {
        const start = performance.now();
        await program.run(feeds, outputs);
        best = Math.min(best, performance.now() - start);
      }
      await program.dispose();
      seconds += best / 1000;
      operations += 2 * tokens * dIn * dOut;
    }
    found[base] = operations / seconds / 1e9;
  }
  process.stdout.write(`${JSON.stringify(found)}\n`);
}

void productLimit(JSON.parse(process.argv[2] ?? '{}') as Options);
