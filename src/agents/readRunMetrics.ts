import { z } from 'zod';
import { UserError } from '../config/userError';
import { eachLine } from '../run/eachLine';
import { parseMetric, type EvaluationMetric, type StepMetric } from '../run/metrics';
import { runPaths } from '../run/runDirectory';
import { chosenRun } from './chosenRun';
import { runInput } from './inputs';
import { MetricRows } from './metricRows';
import { runFigures } from './runFigures';
import { significant } from './significant';
import { defineTool, type ToolResult } from './tool';

/** Rows of a table that a model still reads as a curve. */
const USUAL_ROWS = 40;
const MOST_ROWS = 200;

export const readRunMetrics = defineTool({
  name: 'read_run_metrics',
  title: 'Read the curves of a run',
  description:
    'Reads loss, learning rate, gradient norm and speed of a run over its steps, and its evaluations. Long stretches come as rows that each cover several steps with mean, least and greatest loss, so that no spike is hidden; narrow "from" and "to" to see single steps. Losses are in nats per supervised token. Call it again to watch a run that goes on.',
  effect: 'none',
  input: z.strictObject({
    run: runInput,
    from: z.int().min(0).optional().meta({ description: 'First step; the beginning unless told.' }),
    to: z.int().min(0).optional().meta({ description: 'Last step; the newest unless told.' }),
    rows: z.int().min(2).max(MOST_ROWS).default(USUAL_ROWS).meta({ description: 'At most so many rows.' }),
  }),
  call: async ({ run: given, from = 0, to = Infinity, rows: limit }, host, signal) => {
    if (from > to) throw new UserError(`read_run_metrics: "from" ${from} comes after "to" ${to}; exchange them.`);
    const run = await chosenRun(given, host, signal);
    const rows = new MetricRows(limit);
    const evaluations: EvaluationMetric[] = [];
    const extremes = new LossExtremes();
    for await (const line of eachLine(runPaths(run.root).metrics, signal)) {
      const metric = parseMetric(line);
      if (metric === undefined || metric.step < from || metric.step > to) continue;
      if (metric.kind === 'evaluation') {
        evaluations.push(metric);
        continue;
      }
      rows.add(metric);
      extremes.add(metric);
    }
    return {
      run: runFigures(run),
      window: extremes.summary(),
      steps: stepTable(rows),
      evaluations: evaluationTable(evaluations, limit),
    };
  },
});

/** Columns once, then rows of plain numbers: a third of the length of a list of objects. */
function stepTable(metrics: MetricRows): ToolResult {
  const single = metrics.stepsPerRow === 1;
  const columns = single
    ? ['step', 'loss', 'learningRate', 'gradNorm', 'tokensPerSecond']
    : ['from', 'to', 'meanLoss', 'leastLoss', 'greatestLoss', 'learningRate', 'greatestGradNorm', 'tokensPerSecond'];
  const rows = metrics.rows().map((row) => {
    const rest = [row.learningRate, row.greatestGradNorm, row.tokensPerSecond];
    const figures = single ? [row.loss, ...rest] : [row.loss, row.leastLoss, row.greatestLoss, ...rest];
    return [...(single ? [row.from] : [row.from, row.to]), ...figures.map(significant)];
  });
  return { stepsPerRow: metrics.stepsPerRow, columns, rows };
}

/** All evaluations, or when they are too many evenly chosen ones with the best and the last. */
function evaluationTable(evaluations: readonly EvaluationMetric[], limit: number): ToolResult {
  const best = bestOf(evaluations);
  const stride = Math.ceil(evaluations.length / limit);
  const shown = evaluations.filter(
    (evaluation, index) => index % stride === 0 || evaluation === best || index === evaluations.length - 1,
  );
  return {
    total: evaluations.length,
    columns: ['step', 'validationLoss', 'accuracy'],
    rows: shown.map(({ step, loss, accuracy }) => [step, significant(loss), significant(accuracy)]),
    ...(best !== undefined && { best: { step: best.step, validationLoss: significant(best.loss) } }),
  };
}

function bestOf(evaluations: readonly EvaluationMetric[]): EvaluationMetric | undefined {
  let best: EvaluationMetric | undefined;
  for (const evaluation of evaluations) {
    if (evaluation.loss !== null && evaluation.loss < (best?.loss ?? Infinity)) best = evaluation;
  }
  return best;
}

/** Where the training loss of a window begins, ends, and is least and greatest. */
class LossExtremes {
  private steps = 0;
  private first: StepMetric | undefined;
  private last: StepMetric | undefined;
  private least: StepMetric | undefined;
  private greatest: StepMetric | undefined;
  private notFinite = 0;
  private firstNotFinite: number | undefined;

  add(metric: StepMetric): void {
    this.steps++;
    this.first ??= metric;
    this.last = metric;
    if (metric.loss === null) {
      this.notFinite++;
      this.firstNotFinite ??= metric.step;
      return;
    }
    if (metric.loss < (this.least?.loss ?? Infinity)) this.least = metric;
    if (metric.loss > (this.greatest?.loss ?? -Infinity)) this.greatest = metric;
  }

  summary(): ToolResult {
    const at = (metric: StepMetric | undefined): ToolResult | null =>
      metric === undefined ? null : { step: metric.step, loss: significant(metric.loss) };
    return {
      steps: this.steps,
      first: at(this.first),
      last: at(this.last),
      least: at(this.least),
      greatest: at(this.greatest),
      ...(this.notFinite > 0 && { notFinite: { steps: this.notFinite, first: this.firstNotFinite } }),
    };
  }
}
