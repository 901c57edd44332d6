import type { Configuration } from '../config/schema';
import { ranges } from '../config/targetChanges';
import { alikeModules } from '../engine/rpc/alikeModules';
import { planWarnings } from '../engine/rpc/planRemarks';
import type { StepMeasurement } from '../engine/rpc/measurement';
import type { Plan, PlannedModule, PlannedToken } from '../engine/rpc/plan';
import { dataReportLines } from '../run/dataReportText';
import { formatBytes } from '../language/bytes';
import { count, duration, rateText } from './figures';
import { table, type Column } from './table';
import { paint, type Terminal } from './terminal';
import { visibleText } from './visibleText';

/** A plan as a page for people, with times only where they were measured. */
export function planText(
  plan: Plan,
  { adapter }: Configuration,
  terminal: Terminal,
  measured?: StepMeasurement,
): string {
  const { model, memory, data } = plan;
  const heading = (text: string): string => paint(terminal, 'bold', text);
  const what = adapter.method === 'mora' ? `mora, ${adapter.mode}` : adapter.method;
  const share = ((100 * plan.trainableParameters) / model.parameters).toFixed(2);
  const lines = [
    `${heading('Model')}    ${model.folder}`,
    `         ${model.family}, ${model.layers} layers, ${model.hiddenSize} wide, ` +
      `${count(model.vocabularySize)} tokens known, ${count(model.parameters)} parameters`,
    `${heading('Adapter')}  ${what}, rank ${adapter.rank}: ` +
      `${count(plan.trainableParameters)} trainable parameters (${share} %)`,
    '',
    ...moduleTable(plan.modules, adapter.method),
    '',
    `${heading('Rate')}     ${rateText(plan.learningRate)}`,
    `${heading('Memory')}   ${formatBytes(memory.total)} of ${formatBytes(memory.available)}: weights ${formatBytes(memory.weights)}, ` +
      `adapter ${formatBytes(memory.adapter)}, optimizer ${formatBytes(memory.optimizer)}, ` +
      `activations ${formatBytes(memory.activations)}, working ${formatBytes(memory.working)}`,
    ...(memory.blocks === 'disk'
      ? ['         the weights do not fit: they stay on disk and are read block by block, which is slow']
      : []),
    ...(measured === undefined
      ? []
      : timeLines(measured).map((line, index) => `${index === 0 ? `${heading('Time')}     ` : ' '.repeat(9)}${line}`)),
  ];
  if (data !== undefined) {
    const [first, ...more] = [...dataReportLines(data.report), `${count(data.totalSteps)} steps`];
    lines.push(`${heading('Data')}     ${first}`, ...more.map((line) => `         ${line}`));
    if (data.examples.length > 0) {
      const mark = terminal.colour ? 'underlined' : 'in brackets';
      lines.push('', `${heading('First examples')} (supervised tokens ${mark})`);
      for (const { place, tokens } of data.examples) lines.push(`${place}: ${exampleText(tokens, terminal)}`);
    }
  }
  const warnings = planWarnings(plan);
  if (warnings.length > 0)
    lines.push('', ...warnings.map((text) => `${paint(terminal, 'yellow', 'warning:')} ${text}`));
  return lines.join('\n');
}

/** What was measured of the time and memory of steps. */
export function timeLines(measured: StepMeasurement): string[] {
  const { seconds, fastest, slowest, steps, tokens, totalSteps, device, peakBytes } = measured;
  const all = steps === 1 ? 'one step' : `median of ${steps} steps, ${stepSeconds(fastest)} to ${stepSeconds(slowest)}`;
  return [
    `${stepSeconds(seconds)} a step on ${device} (${all}), ${count(tokens / seconds)} tokens a second`,
    `${duration(seconds * totalSteps)} for ${count(totalSteps)} steps, evaluations and checkpoints not counted`,
    `${formatBytes(peakBytes)} of memory at the highest`,
  ];
}

/** "0.034 s", "1.25 s", "12.5 s". */
function stepSeconds(seconds: number): string {
  return `${Number(seconds.toPrecision(3))} s`;
}

/** The tokens of an example as the model sees them; each supervised one is marked. */
export function exampleText(tokens: readonly PlannedToken[], terminal: Terminal): string {
  return tokens
    .map(({ text, supervised }) => {
      const visible = visibleText(text);
      if (!supervised) return visible;
      return terminal.colour ? paint(terminal, 'underline', paint(terminal, 'green', visible)) : `[${visible}]`;
    })
    .join('');
}

/** Selected modules, those that differ in nothing but their layer in one row. */
function moduleTable(modules: readonly PlannedModule[], method: Configuration['adapter']['method']): string[] {
  const size = { mora: 'r̂', lora: 'r', full: '' }[method];
  const columns: Column[] = [
    { title: 'module', align: 'left' },
    { title: 'layers', align: 'left' },
    { title: 'out × in', align: 'right' },
    ...(method === 'full' ? [] : [{ title: size, align: 'right' } as const]),
    { title: 'parameters', align: 'right' },
    { title: 'rank bound', align: 'right' },
    { title: 'LoRA parameters', align: 'right' },
    { title: 'LoRA rank bound', align: 'right' },
  ];
  const rows = alikeModules(modules.filter(({ selected }) => selected)).map(({ module, layers }) => {
    const { dIn, dOut, rHat, rank, parameters, rankBound, lora } = module;
    const side = rHat ?? rank;
    return [
      module.module,
      ranges(layers),
      `${dOut} × ${dIn}`,
      ...(method === 'full' ? [] : [side === undefined ? '' : count(side)]),
      ...[parameters, rankBound, lora.parameters, lora.rankBound].map(count),
    ];
  });
  return table(columns, rows);
}
