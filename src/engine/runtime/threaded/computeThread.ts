import { parentPort, workerData } from 'node:worker_threads';
import { OnnxSession, type OnnxRuntimeOptions } from '../onnxSession';
import { ThreadMemory } from './threadMemory';
import type { Answer, Letter, Order } from './threadMessages';

// The program of the threads that threadedRuntime.ts starts.

interface Compiled {
  readonly session: OnnxSession;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

const options = workerData as OnnxRuntimeOptions;
const memory = new ThreadMemory();
const programs = new Map<number, Compiled>();
let last = Promise.resolve();
/** What failed and was not told yet; until it is, nothing runs. */
let failure: string | undefined;

parentPort?.on('message', (letter: Letter) => {
  last = last.then(() => answer(letter));
});

async function answer({ order, isAnswered }: Letter): Promise<void> {
  // Told once, whatever becomes of the run.
  if (order.kind === 'run') for (const tensor of order.news) memory.share(tensor);
  try {
    if (failure === undefined || order.kind !== 'run') await obey(order);
  } catch (error) {
    failure ??= error instanceof Error ? error.message : String(error);
  }
  if (!isAnswered) return;
  const said: Answer = failure === undefined ? { kind: 'done' } : { kind: 'failed', message: failure };
  failure = undefined;
  parentPort?.postMessage(said);
}

async function obey(order: Order): Promise<void> {
  switch (order.kind) {
    case 'compile': {
      const { inputs, outputs } = order;
      programs.set(order.program, { session: await OnnxSession.open(order.model, options), inputs, outputs });
      return;
    }
    case 'run':
      await run(compiled(order.program), order.inputs, order.outputs);
      return;
    case 'release':
      await compiled(order.program).session.release();
      programs.delete(order.program);
      return;
    case 'hold':
      memory.hold(order.tensor);
      return;
    case 'forget':
      memory.forget(order.tensor);
  }
}

async function run(
  { session, inputs, outputs }: Compiled,
  given: readonly number[],
  results: readonly number[],
): Promise<void> {
  const feeds = named(inputs, given, (name, id) => memory.input(name, id));
  await session.run(
    feeds,
    named(outputs, results, (name, id) => memory.output(name, id)),
  );
  named(outputs, results, (name, id) => memory.publish(name, id));
}

/** What is made of each name and the tensor that goes with it. */
function named<Made>(
  names: readonly string[],
  tensors: readonly number[],
  make: (name: string, tensor: number) => Made,
): Record<string, Made> {
  const made: Record<string, Made> = {};
  names.forEach((name, place) => {
    made[name] = make(name, tensors[place] ?? NaN);
  });
  return made;
}

function compiled(id: number): Compiled {
  const program = programs.get(id);
  if (program === undefined) throw new Error(`a thread was not told of program ${id}`);
  return program;
}
