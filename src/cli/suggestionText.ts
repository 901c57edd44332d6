import { applyChanges, layoutOfText } from '../config/documentEdits';
import { layerWarnings } from '../engine/rpc/planRemarks';
import type { ScoredModule, Suggestion } from '../engine/rpc/suggestion';
import { eighth } from './bars';
import { count, loss } from './figures';
import { table, type Column } from './table';
import { paint, type Terminal } from './terminal';

/** Rows of the ranking; the grid shows all modules, and --json lists them. */
const RANKED = 20;
/** Layers between two numbers over the grid. */
const TICK = 5;

/** What docs/results/suggest.md found; whoever is about to train less should know. */
const FEWER = [
  'These matter more than the others. But where all modules were trained with as many parameters at a lower rank, the',
  'embedded model learned more still (docs/results/suggest.md): compare the two before a long run.',
];

/** A suggestion as a page for people. */
export function suggestionText(suggestion: Suggestion, terminal: Terminal): string {
  const { modules, measured, now, proposal } = suggestion;
  const heading = (text: string): string => paint(terminal, 'bold', text);
  const share = ((100 * proposal.parameters) / proposal.budget - 100).toFixed(1);
  const lines = [
    `${heading('Measured')}  ${count(measured.examples)} examples in ${measured.batches} batches, ` +
      `${count(measured.tokens)} tokens, ${count(measured.supervisedTokens)} supervised; loss ${loss(measured.loss)}`,
    '',
    ...grid(modules, terminal),
    '',
    ...ranking(modules),
    '',
    `${heading('Proposal')}  ${proposal.modules} of ${modules.length} modules` +
      `${proposal.rank === null ? '' : ` at rank ${proposal.rank}`}: ${count(proposal.parameters)} trainable parameters ` +
      `(budget ${count(proposal.budget)}, ${share.startsWith('-') ? '' : '+'}${share} %)`,
    `          now ${now.modules} modules with ${count(now.parameters)}`,
    ...(proposal.modules < now.modules ? ['', ...FEWER] : []),
    '',
    ...proposalJson(suggestion).split('\n'),
  ];
  const warnings = layerWarnings(
    modules.flatMap(({ layer, module, warning: text }) => (text === undefined ? [] : [{ layer, module, text }])),
  );
  if (warnings.length > 0) {
    lines.push('', ...warnings.map((text) => `${paint(terminal, 'yellow', 'warning:')} ${text}`));
  }
  return lines.join('\n');
}

/** The fields to paste into a document, as a document of their own. */
export function proposalJson({ proposal }: Suggestion): string {
  const written = proposal.changes.filter((change) => 'value' in change);
  return applyChanges('{\n  "adapter": {}\n}', written, layoutOfText(''));
}

/**
 * Modules by layers: the scores as heights on a logarithmic scale, since they lie decades apart, and beside them what is
 * chosen.
 */
function grid(modules: readonly ScoredModule[], terminal: Terminal): string[] {
  const layers = Math.max(...modules.map(({ layer }) => layer)) + 1;
  const names = [...new Set(modules.map(({ module }) => module))];
  const cells = new Map(modules.map((module) => [`${module.layer} ${module.module}`, module]));
  const positive = modules.map(({ score }) => score).filter((score) => score > 0);
  const [least, most] = [Math.min(...positive), Math.max(...positive)];
  const height = (score: number): number => Math.log(score / least) / Math.log(most / least || 1) || 0;
  const rowOf = (name: string, cell: (module: ScoredModule) => string): string =>
    Array.from({ length: layers }, (_, layer) => cells.get(`${layer} ${name}`))
      .map((module) => (module === undefined ? ' ' : cell(module)))
      .join('');
  const scoreRow = (name: string): string =>
    paint(
      terminal,
      'cyan',
      rowOf(name, ({ score }) => (score > 0 ? eighth(height(score)) : ' ')),
    );
  const chosenRow = (name: string): string => rowOf(name, ({ suggested }) => (suggested ? '●' : '·'));
  const columns: Column[] = ['module', 'score', 'chosen'].map((title) => ({ title, align: 'left' }));
  const axis = ticks(layers);
  return [
    `Score ‖∂L/∂W‖ / ‖W‖ by layer, from ▁ ${figure(least)} to █ ${figure(most)}, logarithmic`,
    ...table(columns, [['', axis, axis], ...names.map((name) => [name, scoreRow(name), chosenRow(name)])]),
  ];
}

/** "0    5    10", a column a layer. */
function ticks(layers: number): string {
  let line = '';
  for (let layer = 0; layer < layers; layer += TICK) line = line.padEnd(layer) + String(layer);
  return line;
}

function ranking(modules: readonly ScoredModule[]): string[] {
  const columns: Column[] = [
    { title: '', align: 'right' },
    { title: 'layer', align: 'right' },
    { title: 'module', align: 'left' },
    { title: 'out × in', align: 'right' },
    { title: '‖∂L/∂W‖', align: 'right' },
    { title: '‖W‖', align: 'right' },
    { title: 'score', align: 'right' },
    { title: 'parameters', align: 'right' },
    { title: 'score² / parameter', align: 'right' },
    { title: 'chosen', align: 'left' },
  ];
  const rows = [...modules]
    .sort((a, b) => a.place - b.place)
    .slice(0, RANKED)
    .map((module) => [
      String(module.place),
      String(module.layer),
      module.module,
      `${module.dOut} × ${module.dIn}`,
      figure(module.gradientNorm),
      figure(module.weightNorm),
      figure(module.score),
      module.parameters === 0 ? '' : count(module.parameters),
      module.parameters === 0 ? '' : figure(module.scorePerParameter),
      module.suggested ? '●' : '',
    ]);
  const more = modules.length - rows.length;
  return [...table(columns, rows), ...(more > 0 ? [`and ${more} more, which --json lists`] : [])];
}

/** Three significant digits. */
function figure(value: number): string {
  return value !== 0 && (value < 1e-3 || value >= 1e4) ? value.toExponential(2) : value.toPrecision(3);
}
