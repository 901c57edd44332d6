/** The adapters that are measured, as a configuration has them. */
export const ADAPTERS = {
  sharing: { method: 'mora', mode: 'sharing', rank: 8 },
  rotation: { method: 'mora', mode: 'rotation', rank: 8 },
  lora: { method: 'lora', rank: 8 },
};
