import { add, equal, multiply, scale, shift, subtract } from '../../graph/ops/elementwise';
import { concatenate, reshape, slice } from '../../graph/ops/layout';
import { pick } from '../../graph/ops/lookup';
import { integerProduct, quantisedRows, toFloat } from '../../graph/ops/quantisation';
import { argMax, logSumExp, softmax, sum } from '../../graph/ops/reduction';
import type { Program } from '../../graph/program';
import type { Value } from '../../graph/value';
import type { DecoderConfig } from '../decoderConfig';
import { finalNorm, type HeadPurpose } from './headParts';
import { programInputs } from '../programInputs';
import { seenInput, seenShapes, type SeenName } from './seenTokens';
import { softcapped, softcapSlope } from './softcap';

/**
 * The normed hidden states in bytes, which every tile reads. Inputs: hidden [C, D], norm [D]. Outputs: bytes [C, D], scale
 * [C], which is not a number where an entry of the row is none.
 */
export function headBytesProgram(config: DecoderConfig, chunk: number): Program {
  const { inputs, named } = programInputs();
  const hidden = named('hidden', [chunk, config.hiddenSize]);
  const norm = named('norm', [config.hiddenSize]);
  const normed = finalNorm(hidden, norm, config);
  const { bytes, scale: steps } = quantisedRows(normed);
  // The largest of a row may pass over what is not a number, and no byte can be such. 0 times a sum of numbers is 0.
  const zeroOrNaN = scale(sum(normed, [1], { dropped: true }), 0);
  return {
    inputs,
    outputs: new Map([
      ['bytes', bytes],
      ['scale', add(steps, zeroOrNaN)],
    ]),
  };
}

/**
 * One tile of the vocabulary: what is known with it from what was known before, each weighted with its share of the
 * probability (Milakov & Gimelshein 2018, online softmax). One program serves all tiles of a width, and no more than the
 * logits of one tile are ever held. Inputs: bytes, scale (see headBytesProgram), targets int64 [C], the tensors of a
 * HeadTile, rowScales [D], and what was seen. Outputs: the same of what is seen.
 */
export function headTileProgram(config: DecoderConfig, chunk: number, width: number, purpose: HeadPurpose): Program {
  const { hiddenSize, logitSoftcap: cap } = config;
  const { inputs, named } = programInputs();
  const bytes = named('bytes', [chunk, hiddenSize], 'uint8');
  const steps = named('scale', [chunk]);
  const targets = named('targets', [chunk], 'int64');
  const start = named('start', [1, 1], 'int64');
  const columns = named('columns', [hiddenSize, width], 'int8');
  const columnScales = named('columnScales', [width]);
  const before = new Map<SeenName, Value>();
  for (const [name, shape] of seenShapes(config, chunk, purpose)) before.set(name, named(seenInput(name), shape));
  const seen = (name: SeenName): Value => required(before, name);

  const logits = tileLogits({ bytes, scale: steps, columns, columnScales }, config);
  const place = subtract(reshape(targets, [chunk, 1]), start);
  const normalisers = concatenate([seen('normaliser'), logSumExp(logits)], 1);
  const outputs = new Map<SeenName, Value>([
    ['normaliser', logSumExp(normalisers)],
    ['targetLogit', add(seen('targetLogit'), pick(logits, place))],
  ]);
  if (purpose === 'evaluation') {
    const likeliest = argMax(logits);
    const peaks = concatenate([seen('peak'), pick(logits, likeliest)], 1);
    const winner = argMax(peaks);
    const isNew = toFloat(winner);
    const stays = multiply(shift(scale(isNew, -1), 1), seen('hit'));
    outputs.set('peak', pick(peaks, winner)).set('hit', add(stays, multiply(isNew, equal(likeliest, place))));
    return { inputs, outputs };
  }

  const entries = named('rows', [width, hiddenSize], 'int8');
  const rowScales = named('rowScales', [hiddenSize]);
  const shares = softmax(normalisers);
  const mixed = (old: Value, found: Value): Value =>
    add(multiply(old, slice(shares, 1, 0, 1)), multiply(found, slice(shares, 1, 1, 2)));
  const p = softmax(logits);
  const weighted = cap === undefined ? p : multiply(p, softcapSlope(logits, cap));
  const pull = integerProduct(quantisedRows(weighted, { positive: true }), entries, rowScales);
  outputs.set('pull', mixed(seen('pull'), pull));
  if (cap !== undefined) outputs.set('weight', mixed(seen('weight'), sum(weighted, [1])));
  return { inputs, outputs };
}

/** Logits [C, width] of one tile, for generation. Inputs: bytes, scale (see headBytesProgram), columns, columnScales. */
export function tileLogitsProgram(config: DecoderConfig, chunk: number, width: number): Program {
  const { inputs, named } = programInputs();
  const tile = {
    bytes: named('bytes', [chunk, config.hiddenSize], 'uint8'),
    scale: named('scale', [chunk]),
    columns: named('columns', [config.hiddenSize, width], 'int8'),
    columnScales: named('columnScales', [width]),
  };
  return { inputs, outputs: new Map([['logits', tileLogits(tile, config)]]) };
}

interface TileInputs {
  readonly bytes: Value;
  readonly scale: Value;
  readonly columns: Value;
  readonly columnScales: Value;
}

function tileLogits({ bytes, scale: steps, columns, columnScales }: TileInputs, config: DecoderConfig): Value {
  const rows = { bytes, scale: steps, signs: { positive: false } };
  return softcapped(integerProduct(rows, columns, columnScales), config);
}

function required(values: ReadonlyMap<SeenName, Value>, name: SeenName): Value {
  const value = values.get(name);
  if (value === undefined) throw new Error(`the head's tile lacks ${name}`);
  return value;
}
