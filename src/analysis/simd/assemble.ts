import { unsigned, type Code, type Local } from './instructions';

/** A function of addresses and counts, then of numbers, that works on the memory of its module. */
export interface Kernel {
  readonly name: string;
  readonly parameters: number;
  /** Parameters that are a float64, after the others. */
  readonly numbers: number;
  /** Whether it returns the float64 that its body leaves. */
  readonly returns: boolean;
  readonly counters: number;
  /** Local variables of 16 bytes. */
  readonly vectors: number;
  readonly body: Code;
}

const [I32, F64, V128] = [0x7f, 0x7c, 0x7b];

/** Takes parameters, then counters, then vectors, as a function numbers them. */
export function kernel<P extends string, N extends string = never>(
  name: string,
  parameters: readonly P[],
  write: (parameters: Readonly<Record<P | N, Local>>, variables: Variables) => readonly Code[],
  { numbers = [], returns = false }: { readonly numbers?: readonly N[]; readonly returns?: boolean } = {},
): Kernel {
  const all = [...parameters, ...numbers];
  const given = Object.fromEntries(all.map((parameter, index) => [parameter, { index }]));
  const variables = new Variables(all.length);
  const body = write(given as Record<P | N, Local>, variables).flat();
  return {
    ...{ name, parameters: parameters.length, numbers: numbers.length, returns },
    ...{ counters: COUNTERS, vectors: variables.vectors, body },
  };
}

/** Counters are few, and have to be numbered before the vectors. */
const COUNTERS = 8;

export class Variables {
  private counters = 0;
  vectors = 0;

  constructor(private readonly first: number) {}

  counter(): Local {
    if (this.counters === COUNTERS) throw new Error(`a kernel has at most ${COUNTERS} counters`);
    return { index: this.first + this.counters++ };
  }

  vector(): Local {
    return { index: this.first + COUNTERS + this.vectors++ };
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
  const bodies = kernels.map(({ counters, vectors, body }) => {
    const code = [
      ...list([
        [...unsigned(counters), I32],
        [...unsigned(vectors), V128],
      ]),
      ...body,
      0x0b,
    ];
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
