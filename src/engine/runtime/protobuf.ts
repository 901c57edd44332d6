import { WireType, type BinaryWriter } from '@bufbuild/protobuf/wire';

/** Writes the fields of a message. */
export type Write = (writer: BinaryWriter) => void;

/** A field that is a message. */
export function message(writer: BinaryWriter, field: number, write: Write): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}

/** A field that is a string. */
export function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}
