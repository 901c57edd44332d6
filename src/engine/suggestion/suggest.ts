import type { Configuration } from '../../config/schema';
import { changesFor, cellKey } from '../../config/targetChanges';
import { selectTargets, type LinearLayer } from '../../config/targets';
import { UserError } from '../../config/userError';
import { askedConfiguration } from '../askedConfiguration';
import { moraWarnings } from '../adapters/mora/warnings';
import { blockLinears, decoderLinears, type DecoderConfig } from '../models/decoderConfig';
import { modelFolder } from '../hub/resolveModel';
import { readDecoderConfig } from '../models/family';
import type { ScoredModule, Suggestion, SuggestParams, SuggestProgress } from '../rpc/suggestion';
import { measureScores, type Measurement } from './measureScores';
import { parametersAt, propose, structureIfAny, type Proposal } from './proposal';
import type { WeightScore } from './weightScores';

/** What a proposal takes where everything is trained now: docs/results/suggest.md has what that is worth. */
const HALF = 0.5;

/**
 * Measures on the user's data how strongly the loss asks each frozen weight to change, and proposes which linear layers
 * to train at which rank. Nothing is trained. Throws UserError for bad input, the signal's reason when aborted.
 */
export async function suggest(
  { configuration: json, file, batches, share: wishedShare, budget: wishedBudget }: SuggestParams,
  onProgress: (progress: SuggestProgress) => void,
  signal: AbortSignal,
): Promise<Suggestion> {
  const configuration = askedConfiguration({ configuration: json, file });
  const { adapter } = configuration;
  if (adapter.initial !== null) {
    throw new UserError(
      `${file}: "adapter.initial" continues an adapter whose modules and rank are given; remove it to choose others.`,
    );
  }
  if (typeof configuration.model !== 'string') {
    throw new UserError(
      `${file}: "model" starts from random weights, of which no gradient says what a task needs; give a trained model.`,
    );
  }
  const folder = await modelFolder(configuration.model);
  const decoder = await readDecoderConfig(folder);
  const linears = decoderLinears(decoder);
  const selected = selectTargets(adapter, linears);
  const now = parametersAt(adapter, selected);
  const budget = wishedBudget ?? now;
  const share = wishedShare ?? (selected.length < linears.length ? selected.length / linears.length : HALF);
  if (budget === undefined) {
    throw new UserError(`${file}: "adapter" cannot be put on the layers it selects; \`mora plan\` says why.`);
  }
  // A budget that holds nothing is refused before the measurement, which takes long.
  propose(adapter, smallestFirst(adapter, linears), { share, budget });
  const measurement = await measureScores(configuration, { folder, decoder, linears }, batches, { onProgress, signal });
  const proposal = propose(adapter, measurement.scores, { share, budget });
  return {
    modules: scoredModules(configuration, measurement, new Set(selected), proposal),
    measured: measurement.measured,
    now: { modules: selected.length, parameters: now ?? 0 },
    proposal: {
      modules: proposal.linears.length,
      parameters: proposal.parameters,
      budget,
      rank: adapter.method === 'full' ? null : proposal.adapter.rank,
      changes: changesOf(configuration, decoder, proposal),
    },
  };
}

/** As if the smallest adapters mattered most: what no budget holds then, it holds with no scores. */
function smallestFirst(adapter: Configuration['adapter'], linears: readonly LinearLayer[]): WeightScore[] {
  return linears.map((linear) => ({
    linear,
    weightNorm: 1,
    gradientNorm: 0,
    score: -(structureIfAny({ ...adapter, rank: 1 }, linear)?.parameterCount ?? Number.MAX_VALUE),
  }));
}

function scoredModules(
  { adapter }: Configuration,
  { scores }: Measurement,
  selected: ReadonlySet<LinearLayer>,
  proposal: Proposal,
): ScoredModule[] {
  const suggested = new Set(proposal.linears);
  const ranking = [...scores].sort((a, b) => b.score - a.score);
  return scores.map((score) => {
    const { linear, ...figures } = score;
    const parameters = structureIfAny(adapter, linear)?.parameterCount ?? 0;
    return {
      ...linear,
      ...figures,
      place: ranking.indexOf(score) + 1,
      parameters,
      scorePerParameter: parameters > 0 ? figures.score ** 2 / parameters : 0,
      selected: selected.has(linear),
      suggested: suggested.has(linear),
      ...(suggested.has(linear) && warningOf(proposal, linear)),
    };
  });
}

function changesOf(
  { adapter }: Configuration,
  decoder: DecoderConfig,
  proposal: Proposal,
): Suggestion['proposal']['changes'] {
  const chosen = new Set(proposal.linears.map(({ layer, module }) => cellKey(layer, module)));
  const shape = { layers: decoder.layers, modules: blockLinears(decoder).map(({ module }) => module) };
  const { rank, alpha } = proposal.adapter;
  return [
    ...(rank === adapter.rank ? [] : [{ field: 'adapter.rank', value: rank }]),
    ...(alpha === adapter.alpha || alpha === null ? [] : [{ field: 'adapter.alpha', value: alpha }]),
    ...changesFor(chosen, shape),
  ];
}

function warningOf({ adapter }: Proposal, linear: LinearLayer): Pick<ScoredModule, 'warning'> {
  const structure = structureIfAny(adapter, linear);
  const [warning] = structure?.method === 'mora' ? moraWarnings(structure) : [];
  return warning === undefined ? {} : { warning };
}
