import { shortened } from '../config/shortened';
import type { SampleLine } from '../run/samples';
import { visibleText } from './visibleText';

/** "base       Pronounce: matrix⏎ → M AE T": what was written after a prompt, on one line. */
export function sampleLineText({ kind, step, prompt, text }: SampleLine): string {
  const who = kind === 'base' ? 'base' : `step ${step}`;
  return `${who.padEnd(10)}  ${shortened(visibleText(prompt))} → ${shortened(visibleText(text))}`;
}
