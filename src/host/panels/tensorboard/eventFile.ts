import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { maskedCrc32c } from './crc32c';

/** The figures of one step under their tags. */
export interface ScalarEvent {
  /** Unix time in seconds. */
  readonly wallTime: number;
  readonly step: number;
  readonly scalars: readonly (readonly [tag: string, value: number])[];
}

/** How TensorBoard knows the file; it reads no other version. */
const FILE_VERSION = 'brain.Event:2';

/**
 * The pieces of a TensorBoard event file: a record with the version at `wallTime`, then one for each event. Field
 * numbers are those of Event, Summary and Summary.Value in TensorBoard's event.proto and summary.proto; as proto3 has
 * it, a zero is left out, except of `simple_value`, which is one of a oneof. Values are kept as float32.
 */
export function* eventFile(wallTime: number, events: Iterable<ScalarEvent>): Generator<Uint8Array> {
  const first = new BinaryWriter();
  if (wallTime !== 0) first.tag(1, WireType.Bit64).double(wallTime);
  first.tag(3, WireType.LengthDelimited).string(FILE_VERSION);
  yield record(first.finish());
  for (const event of events) yield record(eventBytes(event));
}

function eventBytes({ wallTime, step, scalars }: ScalarEvent): Uint8Array {
  const writer = new BinaryWriter();
  if (wallTime !== 0) writer.tag(1, WireType.Bit64).double(wallTime);
  if (step !== 0) writer.tag(2, WireType.Varint).int64(step);
  writer.tag(5, WireType.LengthDelimited).fork();
  for (const [tag, value] of scalars) {
    writer.tag(1, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.LengthDelimited).string(tag);
    writer.tag(2, WireType.Bit32).float(float32(value));
    writer.join();
  }
  return writer.join().finish();
}

/** What float32 cannot hold is infinite in it; the writer would throw. */
function float32(value: number): number {
  return Math.fround(value);
}

/** A TFRecord: length as uint64, its masked CRC, the data, its masked CRC; all little-endian. */
function record(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(bytes.subarray(0, 8)), true);
  bytes.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return bytes;
}
