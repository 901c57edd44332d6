import * as l10n from '@vscode/l10n';
import { z } from 'zod';
import { modelName } from '../config/modelFolder';
import { UserError } from '../config/userError';
import { planWarnings, refuseImpossible } from '../engine/rpc/planRemarks';
import { prepareRun } from '../engine/rpc/prepareRun';
import { startTraining } from '../engine/rpc/startTraining';
import { counted } from '../language/counted';
import { readRun } from '../run/run';
import { isActive } from '../run/status';
import type { AgentHost } from './agentHost';
import { changesInput, documentInput } from './inputs';
import { requestedRun } from './requestedRun';
import { runFigures } from './runFigures';
import { defineTool } from './tool';
import { untilState } from './untilState';

/** An embedded or small model is past its start by then; a run that is not says what it is busy with. */
const START_PATIENCE_MS = 15_000;

export const startRun = defineTool({
  name: 'start_run',
  title: 'Start a training run',
  description:
    'Starts to train what a configuration (*.mora.json) describes, in a run directory of its own beside the document. Returns when training has begun, or failed to; the run then goes on by itself, also when this conversation ends. Watch it with read_run_metrics and end it with stop_run. A model of the Hugging Face hub that is not in the cache is downloaded. It takes the machine for as long as it runs, so plan_configuration first.',
  effect: 'starts',
  input: z.strictObject({
    configuration: documentInput,
    set: changesInput,
    alongside: z
      .boolean()
      .default(false)
      .meta({ description: 'Start even though a run of the same document is active, and share the machine with it.' }),
  }),
  confirm: async ({ configuration: document, set }, host) => {
    const { request, configuration } = await requestedRun(document, set, host);
    const { adapter, training, model } = configuration;
    const changes = Object.entries(set).map(([field, value]) => `${field} = ${JSON.stringify(value)}`);
    const { steps, epochs } = training;
    const length =
      steps === null
        ? counted(epochs, l10n.t('{0} epoch'), l10n.t('{0} epochs'))
        : counted(steps, l10n.t('{0} step'), l10n.t('{0} steps'));
    const [file, name] = [request.configurationFile, modelName(model)];
    const method = adapter.method === 'mora' ? 'MoRA' : 'LoRA';
    const sentences = [
      adapter.method === 'full'
        ? l10n.t('{0}: {1} by full fine-tuning, for {2}.', file, name, length)
        : l10n.t('{0}: {1} by {2} of rank {3}, for {4}.', file, name, method, adapter.rank, length),
      ...(changes.length === 0 ? [] : [l10n.t('Changed for this run: {0}.', changes.join(', '))]),
      l10n.t('The run writes to .mora/runs beside the document and goes on until it ends or is stopped.'),
    ];
    return { title: l10n.t('Start a training run?'), message: sentences.join(' ') };
  },
  call: async ({ configuration: document, set, alongside }, host, signal) => {
    const { request, configuration } = await requestedRun(document, set, host);
    const file = request.configurationFile;
    if (!alongside) await refuseSecond(file, host, signal);
    const engine = await host.engine();
    const plan = await engine.plan({ configuration, file, examples: 0, download: true }, signal);
    refuseImpossible(plan, file);
    const program = await host.program();
    signal.throwIfAborted();
    const { root } = await prepareRun(request);
    const training = await startTraining({ ...program, root });
    host.changed(root);
    void training.exited.then(() => host.changed(root));
    const prepared = await readRun(root);
    if (prepared === undefined) throw new UserError(`${root}: the run vanished as it started.`);
    const run = await untilState(prepared, ({ state }) => state !== 'starting', START_PATIENCE_MS, signal);
    if (run.state === 'failed' || run.state === 'interrupted') {
      throw new UserError(run.status.error ?? `${root}: the run ended as it started; its log.txt says why.`);
    }
    const warnings = planWarnings(plan);
    return { run: runFigures(run), ...(warnings.length > 0 && { warnings }) };
  },
});

/** Two runs of one document at once are rarely meant, and they share the machine. */
async function refuseSecond(file: string, host: AgentHost, signal: AbortSignal): Promise<void> {
  const active = (await host.runs(signal)).find(
    ({ state, status }) => isActive(state) && status.configurationFile === file,
  );
  if (active === undefined) return;
  throw new UserError(
    `${file}: a run of it is ${active.state} already, ${active.root}; stop that one, or set "alongside" to train both.`,
  );
}
