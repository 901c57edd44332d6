import type { BaseFormat } from '../../adapters/frozenWeight';
import type { Program } from '../../graph/program';
import type { DecoderConfig } from '../../models/decoderConfig';
import { headProgram } from '../../models/head/headProgram';
import type { HeadPurpose, TrainedHead } from '../../models/head/headParts';
import { headTileProgram } from '../../models/head/headTile';
import { HEAD_TILE } from '../../models/head/quantisedHead';

/** The program of the head that holds most while it runs: of a head in bytes that of a tile. */
export function largestHeadProgram(
  decoder: DecoderConfig,
  chunk: number,
  purpose: HeadPurpose,
  { trained, base }: { readonly trained: TrainedHead; readonly base: BaseFormat },
): Program {
  if (base === 'float32') return headProgram(decoder, chunk, purpose, trained);
  return headTileProgram(decoder, chunk, Math.min(decoder.vocabularySize, HEAD_TILE), purpose);
}
