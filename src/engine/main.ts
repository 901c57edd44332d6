import { fileURLToPath } from 'node:url';
import { UserError, describeError } from '../config/userError';
import type { EngineProgram } from './rpc/engineProgram';

/** This file, bundled. */
const program: EngineProgram = { node: process.execPath, engine: fileURLToPath(import.meta.url) };

/**
 * `engine serve` answers requests over stdio; `engine train RUN` trains in a run directory, `engine train` in the one
 * that its parent names; `engine probe FILE` says in a line of JSON on what a configuration trains fastest, `engine try
 * DEVICE` whether a device computes here.
 */
async function main([command, argument]: readonly string[]): Promise<void> {
  if (command === 'serve' && argument === undefined) {
    const { serveOverStdio } = await import('./service');
    serveOverStdio(program);
    return;
  }
  if (command === 'train' && argument !== undefined) {
    const { trainInProcess } = await import('./trainProcess');
    // The runtime's threads and the channel to the parent would keep the process alive.
    process.exit(await trainInProcess(argument, program));
  }
  if (command === 'train' && process.channel !== undefined) {
    const { trainForParent } = await import('./attachedProcess');
    process.exit(await trainForParent(program));
  }
  if ((command === 'probe' || command === 'try') && argument !== undefined) {
    const { probeDevices, tryDevice } = await import('./probeProcess');
    const found = command === 'probe' ? await probeDevices(argument) : await tryDevice(argument);
    process.stdout.write(`${JSON.stringify(found)}\n`);
    // Graphics drivers keep threads.
    process.exit(0);
  }
  throw new UserError(
    'the engine takes `serve`, `train RUN`, `probe FILE` or `try DEVICE`; people use the `mora` command.',
  );
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`engine: ${describeError(error)}\n`);
  process.exit(2);
});
