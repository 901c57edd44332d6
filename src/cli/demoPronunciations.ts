import { z } from 'zod';
import { UserError } from '../config/userError';
import type { Outcome } from './demoComparison';
import { withEngine } from './engineProgram';
import { table, type Column } from './table';
import { visibleText } from './visibleText';

const WORDS = 5;

/** No pronunciation in the data is longer. */
const MAX_TOKENS = 48;

/** What the untrained model says at length would break the table. */
const SHOWN = 32;

const exampleSchema = z.object({ prompt: z.string(), completion: z.string() });

/** How the base model and each outcome pronounce a few words of the validation file, beside the true answer. */
export async function pronunciations(
  model: string,
  outcomes: readonly Outcome[],
  validation: string,
  debug: boolean,
): Promise<string[]> {
  const speakers = [{ title: 'base model' }, ...outcomes];
  const rows = await withEngine(debug, async (engine) => {
    const said: string[][] = [];
    for (const { prompt, completion } of pickExamples(validation)) {
      const row = [prompt.replace(/^\w+:/, '').trim(), completion];
      for (const speaker of speakers) {
        const adapter = 'checkpoint' in speaker ? { adapter: speaker.checkpoint } : {};
        const params = { model, ...adapter, prompt, maxTokens: MAX_TOKENS, temperature: 0, seed: 0 };
        const { text } = await engine.generate(params, () => undefined);
        row.push(shortened(visibleText(text.trim())));
      }
      said.push(row);
    }
    return said;
  });
  const titles = ['word', 'in the dictionary', ...speakers.map(({ title }) => title)];
  return table(
    titles.map((title): Column => ({ title, align: 'left' })),
    rows,
  );
}

/** Examples spread evenly over the file. */
function pickExamples(text: string): z.output<typeof exampleSchema>[] {
  const lines = text.split('\n').filter((line) => line !== '');
  const every = Math.max(1, Math.floor(lines.length / WORDS));
  return lines
    .filter((_, index) => index % every === 0)
    .slice(0, WORDS)
    .map((line) => {
      const parsed = exampleSchema.safeParse(JSON.parse(line));
      if (parsed.success) return parsed.data;
      throw new UserError('examples/data/pronounce.validation.jsonl: a line lacks prompt or completion; restore it.');
    });
}

function shortened(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;
}
