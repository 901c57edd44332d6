import { unsigned, type Code, type Local } from './instructions';

/** Runs another kernel of the same module, with an expression for each of its parameters. */
export type Call = (kernel: string, ...given: readonly Code[]) => Code;

/** A function of addresses and counts, then of numbers, that works on the memory of its module. */
export interface Kernel {
  readonly name: string;
  readonly parameters: number;
  /** Parameters that are a float64, after the others. */
  readonly numbers: number;
  /** Whether it returns the float64 that its body leaves. */
  readonly returns: boolean;
  /** Its code where other kernels are called so. */
  readonly write: (call: Call) => { readonly variables: Variables; readonly body: Code };
}

const [I32, F64, V128] = [0x7f, 0x7c, 0x7b];

export function kernel<P extends string, N extends string = never>(
  name: string,
  parameters: readonly P[],
  write: (parameters: Readonly<Record<P | N, Local>>, variables: Variables, call: Call) => readonly Code[],
  { numbers = [], returns = false }: { readonly numbers?: readonly N[]; readonly returns?: boolean } = {},
): Kernel {
  const all = [...parameters, ...numbers];
  const given = Object.fromEntries(all.map((parameter, index) => [parameter, { index }])) as Record<P | N, Local>;
  return {
    ...{ name, parameters: parameters.length, numbers: numbers.length, returns },
    write: (call) => {
      const variables = new Variables(all.length);
      return { variables, body: write(given, variables, call).flat() };
    },
  };
}

/** Local variables of a function, numbered after its parameters. */
export class Variables {
  readonly types: number[] = [];

  constructor(private readonly first: number) {}

  /** Of 32 bits: an address or a count. */
  counter(): Local {
    return this.added(I32);
  }

  /** The same by name. */
  counters<N extends string>(...names: readonly N[]): Readonly<Record<N, Local>> {
    return Object.fromEntries(names.map((name) => [name, this.counter()])) as Record<N, Local>;
  }

  /** A float64. */
  number(): Local {
    return this.added(F64);
  }

  /** The same by name. */
  numbers<N extends string>(...names: readonly N[]): Readonly<Record<N, Local>> {
    return Object.fromEntries(names.map((name) => [name, this.number()])) as Record<N, Local>;
  }

  /** Of 16 bytes. */
  vector(): Local {
    return this.added(V128);
  }

  private added(type: number): Local {
    return { index: this.first + this.types.push(type) - 1 };
  }
}

/** A module of these kernels, with a memory that it exports. WebAssembly Core Specification 2.0, §5.5. */
export function moduleBytes(kernels: readonly Kernel[]): Uint8Array<ArrayBuffer> {
  const [TYPE, FUNCTION, MEMORY, EXPORT, CODE] = [1, 3, 5, 7, 10];
  const FUNCTION_TYPE = 0x60;
  const types = kernels.map(({ parameters, numbers, returns }) => [
    FUNCTION_TYPE,
    ...list([...new Array<Code>(parameters).fill([I32]), ...new Array<Code>(numbers).fill([F64])]),
    ...list(returns ? [[F64]] : []),
  ]);
  const call: Call = (name, ...given) => {
    const index = kernels.findIndex((one) => one.name === name);
    if (index < 0) throw new Error(`no kernel "${name}" in this module`);
    return [...given.flat(), 0x10, ...unsigned(index)];
  };
  const bodies = kernels.map(({ write }) => {
    const { variables, body } = write(call);
    const code = [...list(variables.types.map((type) => [1, type])), ...body, 0x0b];
    return [...unsigned(code.length), ...code];
  });
  const exported = kernels.map(({ name }, index) => [...text(name), 0, ...unsigned(index)]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(TYPE, list(types)),
    ...section(FUNCTION, list(kernels.map((_, index) => unsigned(index)))),
    ...section(MEMORY, list([[0, 1]])),
    ...section(EXPORT, list([...exported, [...text('memory'), 2, 0]])),
    ...section(CODE, list(bodies)),
  ]);
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content];
}

function list(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function text(value: string): Code {
  const bytes = [...new TextEncoder().encode(value)];
  return [...unsigned(bytes.length), ...bytes];
}
