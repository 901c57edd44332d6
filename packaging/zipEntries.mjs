// @ts-check
import { inflateRawSync } from 'node:zlib';

/** Signatures of the ZIP format (APPNOTE 4.3.12 and 4.3.16). */
const END = 0x06054b50;
const ENTRY = 0x02014b50;

/** Without a comment, which vsce does not write. */
const END_BYTES = 22;
const LOCAL_HEADER_BYTES = 30;
const DEFLATED = 8;

/**
 * @typedef {object} ZipEntry
 * @property {string} name
 * @property {number} bytes unpacked
 * @property {() => Buffer} read its content
 */

/**
 * The files of an archive below 4 GiB that has no comment: a VSIX.
 *
 * @param {Buffer} archive
 * @returns {ZipEntry[]}
 */
export function zipEntries(archive) {
  const end = archive.length - END_BYTES;
  if (end < 0 || archive.readUInt32LE(end) !== END) throw new Error('not an archive without a comment');
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  return Array.from({ length: count }, () => {
    if (archive.readUInt32LE(at) !== ENTRY) throw new Error('the directory of the archive is damaged');
    const start = at;
    const [packed, bytes] = [archive.readUInt32LE(start + 20), archive.readUInt32LE(start + 24)];
    const nameLength = archive.readUInt16LE(start + 28);
    const name = archive.toString('utf8', start + 46, start + 46 + nameLength);
    at += 46 + nameLength + archive.readUInt16LE(start + 30) + archive.readUInt16LE(start + 32);
    const local = archive.readUInt32LE(start + 42);
    const read = () => {
      const header = local + LOCAL_HEADER_BYTES;
      const data = header + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
      const content = archive.subarray(data, data + packed);
      return archive.readUInt16LE(start + 10) === DEFLATED ? inflateRawSync(content) : content;
    };
    return { name, bytes, read };
  });
}
