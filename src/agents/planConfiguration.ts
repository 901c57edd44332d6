import { z } from 'zod';
import { ranges } from '../config/targetChanges';
import { alikeModules } from '../engine/rpc/alikeModules';
import { planWarnings } from '../engine/rpc/planRemarks';
import type { Plan, PlannedExample } from '../engine/rpc/plan';
import { dataReportLines } from '../run/dataReportText';
import { changesInput, documentInput } from './inputs';
import { requestedRun } from './requestedRun';
import { significant } from './significant';
import { defineTool, type ToolResult } from './tool';

/** The first examples show what the template does; more are more of the same. */
const MOST_EXAMPLES = 5;
/** Characters of an example. */
const LONGEST_EXAMPLE = 2000;

export const planConfiguration = defineTool({
  name: 'plan_configuration',
  title: 'Plan a configuration',
  description:
    'Says what a configuration (*.mora.json) would train, before anything runs: trainable parameters and rank bounds by module beside LoRA, learning rate, memory against what the machine has, steps, what becomes of the data, the first examples with the text that is learned marked, and warnings. Change fields by "set" to try alternatives; nothing is written. Use it before start_run.',
  effect: 'none',
  input: z.strictObject({
    configuration: documentInput,
    set: changesInput,
    examples: z
      .int()
      .min(0)
      .max(MOST_EXAMPLES)
      .default(1)
      .meta({ description: 'How many examples to show; 0 leaves the data unread and is quicker.' }),
  }),
  call: async ({ configuration: document, set, examples }, host, signal) => {
    const { request, configuration } = await requestedRun(document, set, host);
    const file = request.configurationFile;
    const engine = await host.engine();
    return planFigures(await engine.plan({ configuration, file, examples }, signal), configuration.adapter.method);
  },
});

function planFigures(plan: Plan, method: string): ToolResult {
  const { model, memory, learningRate, trainableParameters, data } = plan;
  const warnings = planWarnings(plan);
  return {
    model: {
      folder: model.folder,
      family: model.family,
      layers: model.layers,
      hiddenSize: model.hiddenSize,
      parameters: model.parameters,
    },
    method,
    trainableParameters,
    trainableShare: significant(trainableParameters / model.parameters),
    learningRate,
    modules: moduleTable(plan),
    memory: {
      bytes: memory.total,
      availableBytes: memory.available,
      fits: memory.total <= memory.available,
      weights: memory.blocks === 'memory' ? 'in memory' : 'read from disk block by block, which is slow',
    },
    ...(data !== undefined && {
      totalSteps: data.totalSteps,
      data: dataReportLines(data.report),
      examples: data.examples.map(exampleFigures),
    }),
    ...(warnings.length > 0 && { warnings }),
  };
}

function moduleTable({ modules }: Plan): ToolResult {
  const selected = modules.filter((module) => module.selected);
  return {
    selected: selected.length,
    of: modules.length,
    columns: [
      ...['module', 'layers', 'dOut', 'dIn', 'rHatOrRank', 'parametersEach', 'rankBound'],
      ...['loraParametersEach', 'loraRankBound'],
    ],
    rows: alikeModules(selected).map(({ module, layers }) => [
      module.module,
      ranges(layers),
      module.dOut,
      module.dIn,
      module.rHat ?? module.rank ?? null,
      module.parameters,
      module.rankBound,
      module.lora.parameters,
      module.lora.rankBound,
    ]),
  };
}

/** The text in pieces that are learned or not. */
function exampleFigures({ place, tokens }: PlannedExample): ToolResult {
  const pieces: { text: string; learned: boolean }[] = [];
  let length = 0;
  for (const { text, supervised } of tokens) {
    const last = pieces.at(-1);
    if (last?.learned === supervised) last.text += text;
    else pieces.push({ text, learned: supervised });
    length += text.length;
    if (length > LONGEST_EXAMPLE) break;
  }
  return {
    place,
    tokens: tokens.length,
    learnedTokens: tokens.filter(({ supervised }) => supervised).length,
    text: pieces,
    ...(length > LONGEST_EXAMPLE && { shortened: true }),
  };
}
