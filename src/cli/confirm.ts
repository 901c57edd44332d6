import { createInterface } from 'node:readline/promises';

/** Asks a question on the terminal that only "y" or "yes" affirms. The answer is no when the input ends. */
export async function confirm(question: string): Promise<boolean> {
  // Standard output may be on its way into a file.
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
  try {
    const answer = await Promise.race([terminal.question(`${question} [y/N] `), ended]);
    return /^\s*y(es)?\s*$/i.test(answer);
  } finally {
    terminal.close();
  }
}
