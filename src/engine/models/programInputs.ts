import { input, type ElementType, type Shape, type Value } from '../graph/value';

/** The inputs of a program, as they are declared. */
export interface ProgramInputs {
  readonly inputs: ReadonlyMap<string, Value>;
  /** Declares an input. */
  readonly named: (name: string, shape: Shape, type?: ElementType) => Value;
}

export function programInputs(): ProgramInputs {
  const inputs = new Map<string, Value>();
  return {
    inputs,
    named: (name, shape, type) => {
      const value = input(name, shape, type);
      inputs.set(name, value);
      return value;
    },
  };
}
