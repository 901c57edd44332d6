/** The official `mora_type` numbers with an operator behind them (type 5 does not exist). */
export type MoraType = 1 | 2 | 3 | 4 | 6;

/** How M is spread over ΔW: a name for each official `mora_type`. */
export const MORA_MODES = {
  sharing: {
    type: 1,
    title: 'Sharing',
    summary: 'Inputs and outputs equal mod r̂ share one row or column of M (paper Eq. 6). For large ranks.',
  },
  'sharing-blocks': {
    type: 2,
    title: 'Sharing, contiguous groups',
    summary: 'Neighbouring inputs and neighbouring outputs share one row or column of M.',
  },
  'sharing-blocks-in': {
    type: 3,
    title: 'Sharing, contiguous inputs',
    summary: 'Neighbouring inputs share a column of M; outputs equal mod r̂ share a row.',
  },
  'sharing-blocks-out': {
    type: 4,
    title: 'Sharing, contiguous outputs',
    summary: 'Inputs equal mod r̂ share a column of M; neighbouring outputs share a row.',
  },
  rotation: {
    type: 6,
    title: 'Rotation',
    summary: 'M acts on each block of r̂ inputs after a rotation of its own (paper Eq. 9). For small ranks; full rank.',
  },
} as const satisfies Record<string, { type: MoraType; title: string; summary: string }>;

export type MoraMode = keyof typeof MORA_MODES;

export const MORA_MODE_NAMES = Object.keys(MORA_MODES) as readonly MoraMode[];

/** The mode of an official number, or undefined where none exists (5, 7, …). */
export function modeOfType(type: number): MoraMode | undefined {
  return MORA_MODE_NAMES.find((name) => MORA_MODES[name].type === type);
}
