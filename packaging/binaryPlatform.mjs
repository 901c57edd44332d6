// @ts-check
/** e_machine of ELF, Machine of a PE header, cputype of Mach-O. */
const ELF = new Map([
  [62, 'x64'],
  [183, 'arm64'],
]);
const PE = new Map([
  [0x8664, 'x64'],
  [0xaa64, 'arm64'],
]);
const MACH_O = new Map([
  [0x0100000c, 'arm64'],
  [0x01000007, 'x64'],
]);

const UNIVERSAL = 0xcafebabe;

/**
 * What a file was compiled for, by its first bytes and not by its name.
 *
 * @param {Buffer} content
 * @returns {string | undefined} "linux-arm64"; "linux-other" for a processor not named here; undefined for no program
 */
export function binaryPlatform(content) {
  if (content.length < 64) return undefined;
  if (content.readUInt32BE(0) === 0x7f454c46) return `linux-${ELF.get(content.readUInt16LE(18)) ?? 'other'}`;
  if (content.readUInt32LE(0) === 0xfeedfacf) return `darwin-${MACH_O.get(content.readUInt32LE(4)) ?? 'other'}`;
  if (content.readUInt32BE(0) === UNIVERSAL) return 'darwin-universal';
  if (content.toString('latin1', 0, 2) !== 'MZ') return undefined;
  const header = content.readUInt32LE(60);
  if (header + 6 > content.length || content.toString('latin1', header, header + 4) !== 'PE\0\0') return undefined;
  return `win32-${PE.get(content.readUInt16LE(header + 4)) ?? 'other'}`;
}
