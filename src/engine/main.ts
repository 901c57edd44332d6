import { UserError, describeError } from '../config/userError';

/** `engine serve` answers requests over stdio; `engine train RUN` trains in a run directory. */
async function main([command, argument]: readonly string[]): Promise<void> {
  if (command === 'serve' && argument === undefined) {
    const { serveOverStdio } = await import('./service');
    serveOverStdio();
    return;
  }
  if (command === 'train' && argument !== undefined) {
    const { trainInProcess } = await import('./trainProcess');
    // The runtime's threads and the channel to the parent would keep the process alive.
    process.exit(await trainInProcess(argument));
  }
  throw new UserError('the engine takes `serve` or `train RUN`; people use the `mora` command.');
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`engine: ${describeError(error)}\n`);
  process.exit(2);
});
