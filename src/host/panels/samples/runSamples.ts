import { stat } from 'node:fs/promises';
import { parseSample, type SampleLine } from '../../../run/samples';
import { MAX_SAMPLE_PROMPTS, type SampleHistory, type SamplesAt } from '../../protocol/samples';
import { ReplaceableLines } from '../replaceableLines';

// A run may be anyone's. What a person can look through is far below these, and they keep a hostile file harmless.
const BOUNDS = { mostBytes: 8 << 20, longestLine: 1 << 20 };
/** Of a longer file the end is not read. */
const MOST_BYTES = 256 << 20;
const MOST_STEPS = 2000;
const MOST_CHARACTERS = 8000;
/** Characters of answers that are held altogether. */
const MOST_HELD = 16 << 20;
/** Rows of a history; the newest count. */
const MOST_ROWS = 500;

interface Prompt {
  readonly text: string;
  expected: string | null;
  base: string | null;
}

interface Answer {
  readonly text: string;
  readonly ended: boolean;
}

/** The samples of a run as they come. Reads when asked; of too many steps the oldest but the first are let go. */
export class RunSamples {
  private readonly lines: ReplaceableLines;
  private readonly prompts: Prompt[] = [];
  /** By step, then by place of the prompt. */
  private steps = new Map<number, Map<number, Answer>>();
  private held = 0;
  private bytes = 0;
  private isCut = false;

  constructor(private readonly file: string) {
    this.lines = new ReplaceableLines(file, BOUNDS);
  }

  /** Reads what is new. */
  async read(): Promise<void> {
    const size = await sizeOf(this.file);
    if (size < this.bytes) this.bytes = 0;
    if (this.bytes >= MOST_BYTES) {
      this.isCut ||= size > this.bytes;
      return;
    }
    for (let more = true; more;) {
      const { lines, restarted } = await this.lines.read();
      if (restarted) this.clear();
      for (const line of lines) {
        const sample = parseSample(line);
        if (sample !== undefined) this.take(sample);
      }
      this.bytes = Math.min(size, this.bytes + BOUNDS.mostBytes);
      more = this.bytes < Math.min(size, MOST_BYTES);
    }
    this.isCut ||= size > MOST_BYTES;
  }

  /** What was written at a step, the newest for null or for a step that there is not; null without any. */
  at(wanted: number | null): SamplesAt | null {
    const steps = this.sortedSteps();
    const place = wanted === null ? -1 : steps.indexOf(wanted);
    const index = place < 0 ? steps.length - 1 : place;
    const step = steps[index];
    if (step === undefined) return null;
    const [now, before] = [this.steps.get(step), this.steps.get(steps[index - 1] ?? -1)];
    const rows = this.prompts.map(({ text, expected, base }, prompt) => ({
      ...{ prompt: text, expected, base },
      text: now?.get(prompt)?.text ?? null,
      ended: now?.get(prompt)?.ended ?? false,
      before: before?.get(prompt)?.text ?? null,
    }));
    return { steps, step, rows, isCut: this.isCut };
  }

  /** All that was written after one prompt, oldest first. */
  history(prompt: number): SampleHistory {
    const rows = this.sortedSteps().flatMap((step) => {
      const answer = this.steps.get(step)?.get(prompt);
      return answer === undefined ? [] : [{ step, text: answer.text }];
    });
    return rows.slice(-MOST_ROWS);
  }

  private sortedSteps(): number[] {
    return [...this.steps.keys()].sort((a, b) => a - b);
  }

  private take({ kind, step, prompt: asked, text, expected, reason }: SampleLine): void {
    const index = this.placeOf(shortened(asked));
    const prompt = this.prompts[index];
    if (prompt === undefined) {
      this.isCut = true;
      return;
    }
    prompt.expected ??= expected === null ? null : shortened(expected);
    if (kind === 'base') {
      prompt.base = shortened(text);
      return;
    }
    const answers = this.steps.get(step) ?? new Map<number, Answer>();
    const answer = { text: shortened(text), ended: reason === 'end' };
    this.held += answer.text.length - (answers.get(index)?.text.length ?? 0);
    this.steps.set(step, answers.set(index, answer));
    while (this.steps.size > MOST_STEPS || (this.held > MOST_HELD && this.steps.size > 2)) this.letGo();
  }

  private placeOf(text: string): number {
    const known = this.prompts.findIndex((prompt) => prompt.text === text);
    if (known >= 0 || this.prompts.length >= MAX_SAMPLE_PROMPTS) return known;
    return this.prompts.push({ text, expected: null, base: null }) - 1;
  }

  /** The oldest step but the first, from which everything began. */
  private letGo(): void {
    const oldest = this.sortedSteps()[1];
    if (oldest === undefined) return;
    for (const { text } of this.steps.get(oldest)?.values() ?? []) this.held -= text.length;
    this.steps.delete(oldest);
    this.isCut = true;
  }

  private clear(): void {
    this.prompts.length = 0;
    this.steps = new Map();
    this.held = 0;
    this.bytes = 0;
    this.isCut = false;
  }
}

/** Bytes of a file, 0 when it is not there. */
export async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

function shortened(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}
