import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { valuesOf, type Program } from '../graph/program';
import type { ElementType, OnnxAttribute, OnnxEmitter, OnnxTraits, Shape, Value } from '../graph/value';
import { message, text, type Write } from './protobuf';

/**
 * Writes a program as an ONNX model (onnx.proto3 of ONNX 1.17: the few messages that a graph of ordinary ops needs).
 * Field numbers are those of ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto and ValueInfoProto.
 */
export interface OnnxModel {
  readonly bytes: Uint8Array;
  /** Name in the model of each output of the program. */
  readonly outputNames: ReadonlyMap<string, string>;
}

/** What a provider of ONNX Runtime wants of a model. */
export interface OnnxDialect extends OnnxTraits {
  /** Whether `UNCONVERTIBLE` comes before the outputs. */
  readonly unconvertible: boolean;
}

/**
 * An output before all others: an empty sequence, which ONNX Runtime's Node.js binding cannot make a JavaScript value
 * of: `expectUnconvertible` in onnxSession.ts says what for.
 */
export const UNCONVERTIBLE = 'unconvertible';

/** Entries of a constant that is compared with others. */
const COMPARED = 1 << 14;

const IR_VERSION = 9;
const OPSET = 20;
const ELEMENT_TYPE: Readonly<Record<ElementType, number>> = { float32: 1, uint8: 2, int8: 3, int64: 7 };
const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, ints: 7 } as const;

export function onnxModel(program: Program, dialect: OnnxDialect): OnnxModel {
  const builder = new GraphBuilder(dialect);
  const names = new Map<Value, string>();
  for (const [name, value] of program.inputs) names.set(value, name);
  for (const value of valuesOf(program)) {
    const inputs = value.inputs.map((input) => names.get(input) ?? '');
    names.set(value, value.onnx(builder, inputs));
  }
  const outputNames = new Map<string, string>();
  const outputs: Write[] = dialect.unconvertible
    ? [sequenceInfo(builder.node('SequenceEmpty', [], { dtype: ELEMENT_TYPE.float32 }, '', UNCONVERTIBLE))]
    : [];
  const given = new Set(program.inputs.keys());
  for (const [output, value] of program.outputs) {
    let name = names.get(value) ?? '';
    // An output must be the result of a node of its own.
    if (given.has(name) || [...outputNames.values()].includes(name)) {
      name = builder.node('Identity', [name], {}, '', `output.${outputNames.size}`);
    }
    outputNames.set(output, name);
    outputs.push(valueInfo(name, value));
  }
  const inputs = [...program.inputs].map(([name, value]) => valueInfo(name, value));
  return { bytes: modelBytes(builder, inputs, outputs), outputNames };
}

class GraphBuilder implements OnnxEmitter {
  readonly nodes: Write[] = [];
  readonly initializers: Write[] = [];
  /** What is told of results, by name. */
  readonly told = new Map<string, Write>();
  private readonly constants = new Map<string, string>();
  /** Results of nodes by what makes them. */
  private readonly made = new Map<string, string>();
  private count = 0;

  constructor(readonly traits: OnnxTraits) {}

  node(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    domain = '',
    given?: string,
  ): string {
    // ONNX Runtime finds equal nodes itself, but only among the operators of ONNX. All that programs consist of is without
    // chance, so equal nodes are one.
    const key = JSON.stringify([type, inputs, attributes, domain]);
    const known = given === undefined ? this.made.get(key) : undefined;
    if (known !== undefined) return known;
    const result = given ?? `t${this.count++}`;
    if (given === undefined) this.made.set(key, result);
    this.nodes.push((writer) => {
      for (const name of inputs) text(writer, 1, name);
      text(writer, 2, result);
      text(writer, 3, `${type}.${result}`);
      text(writer, 4, type);
      for (const [name, value] of Object.entries(attributes)) message(writer, 5, attribute(name, value));
      text(writer, 7, domain);
    });
    return result;
  }

  shaped(name: string, result: Value): string {
    this.told.set(name, valueInfo(name, result));
    return name;
  }

  constant(type: ElementType, shape: Shape, data: ArrayLike<number>): string {
    // Equal constants are one, so that ONNX Runtime sees equal nodes as one; comparing large tables is not worth it.
    const key = data.length <= COMPARED ? `${type}[${shape.join(',')}]${Array.from(data).join(',')}` : undefined;
    const known = key === undefined ? undefined : this.constants.get(key);
    if (known !== undefined) return known;
    const name = `c${this.count++}`;
    if (key !== undefined) this.constants.set(key, name);
    const bytes = entries(type, data);
    this.initializers.push((writer) => {
      dimensions(writer, 1, shape);
      writer.tag(2, WireType.Varint).int32(ELEMENT_TYPE[type]);
      text(writer, 8, name);
      writer.tag(9, WireType.LengthDelimited).bytes(bytes);
    });
    return name;
  }
}

/** Little-endian bytes of a constant's entries. */
function entries(type: ElementType, data: ArrayLike<number>): Uint8Array {
  switch (type) {
    case 'float32':
      return new Uint8Array(Float32Array.from(data).buffer);
    case 'int64':
      return new Uint8Array(BigInt64Array.from(Array.from(data, BigInt)).buffer);
    case 'int8':
      return new Uint8Array(Int8Array.from(data).buffer);
    case 'uint8':
      return Uint8Array.from(data);
  }
}

function modelBytes(builder: GraphBuilder, inputs: readonly Write[], outputs: readonly Write[]): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, WireType.Varint).int64(IR_VERSION);
  text(writer, 2, 'mora-studio');
  message(writer, 7, (graph) => {
    for (const node of builder.nodes) message(graph, 1, node);
    text(graph, 2, 'program');
    for (const initializer of builder.initializers) message(graph, 5, initializer);
    for (const value of inputs) message(graph, 11, value);
    for (const value of outputs) message(graph, 12, value);
    for (const value of builder.told.values()) message(graph, 13, value);
  });
  for (const [domain, version] of [
    ['', OPSET],
    ['com.microsoft', 1],
  ] as const) {
    message(writer, 8, (opset) => {
      text(opset, 1, domain);
      opset.tag(2, WireType.Varint).int64(version);
    });
  }
  return writer.finish();
}

function attribute(name: string, value: OnnxAttribute): Write {
  return (writer) => {
    text(writer, 1, name);
    let type: number;
    if (typeof value === 'number') {
      writer.tag(3, WireType.Varint).int64(value);
      type = ATTRIBUTE_TYPE.int;
    } else if (typeof value === 'string') {
      text(writer, 4, value);
      type = ATTRIBUTE_TYPE.string;
    } else if ('float' in value) {
      writer.tag(2, WireType.Bit32).float(value.float);
      type = ATTRIBUTE_TYPE.float;
    } else {
      dimensions(writer, 8, value);
      type = ATTRIBUTE_TYPE.ints;
    }
    writer.tag(20, WireType.Varint).int32(type);
  };
}

function valueInfo(name: string, value: Value): Write {
  return (writer) => {
    text(writer, 1, name);
    message(writer, 2, (type) => {
      message(type, 1, (tensor) => {
        tensor.tag(1, WireType.Varint).int32(ELEMENT_TYPE[value.type]);
        message(tensor, 2, (shape) => {
          for (const length of value.shape)
            message(shape, 1, (dimension) => dimension.tag(1, WireType.Varint).int64(length));
        });
      });
    });
  };
}

/** The type of a sequence of float32 tensors. */
function sequenceInfo(name: string): Write {
  return (writer) => {
    text(writer, 1, name);
    message(writer, 2, (type) => {
      message(type, 4, (sequence) => {
        message(sequence, 1, (element) => {
          message(element, 1, (tensor) => tensor.tag(1, WireType.Varint).int32(ELEMENT_TYPE.float32));
        });
      });
    });
  };
}

function dimensions(writer: BinaryWriter, field: number, values: readonly number[]): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  for (const value of values) writer.int64(value);
  writer.join();
}
