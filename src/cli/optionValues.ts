import { InvalidArgumentError } from 'commander';

/** Values of options: each gives what a text says, or throws what commander shows. */

/** A further value of a repeatable option. */
export function append(value: string, values: readonly string[]): string[] {
  return [...values, value];
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < 0) {
    throw new InvalidArgumentError('It must be a whole number, 0 or more.');
  }
  return value;
}

export function positiveWholeNumber(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError('It must be a whole number, 1 or more.');
  return value;
}

export function nonNegative(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new InvalidArgumentError('It must be a number, 0 or more.');
  }
  return value;
}

export function positive(text: string): number {
  const value = nonNegative(text);
  if (value === 0) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}

/** Above 0, at most 1. */
export function share(text: string): number {
  const value = nonNegative(text);
  if (value === 0 || value > 1)
    throw new InvalidArgumentError('It must be a number above 0 and at most 1, such as 0.5.');
  return value;
}
