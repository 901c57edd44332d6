// The program of a thread that works on a task until the first number of its memory is no longer 0.
import { parentPort } from 'node:worker_threads';

parentPort.on('message', (memory) => {
  const flag = new Int32Array(memory);
  while (Atomics.load(flag, 0) === 0);
  parentPort.postMessage({ kind: 'done', answer: 'done' });
});
