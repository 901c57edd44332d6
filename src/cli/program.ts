import { Command, Option } from 'commander';
import { version } from '../../package.json';
import { EXPORT_FORMATS, WEIGHT_DTYPES } from '../engine/rpc/export';
import { demo } from './demo';
import { exportAdapter, type ExportCommandOptions } from './export';
import { doctor, type DoctorOptions } from './doctor';
import { download } from './download';
import { evaluate } from './evaluate';
import { generate } from './generate';
import { inspect } from './inspect';
import { mcp, type McpOptions } from './mcp';
import { append, nonNegative, positive, positiveWholeNumber, share, wholeNumber } from './optionValues';
import { plan } from './plan';
import { parseSetOptions } from './setOption';
import { suggest } from './suggest';
import { train } from './train';

/** The `mora` command. `onExitCode` gets the exit code of the command that ran. */
export function program(onExitCode: (code: number) => void): Command {
  const mora = new Command('mora')
    .description('Fine-tunes language models with MoRA and LoRA.')
    .version(version)
    .showSuggestionAfterError()
    // The caller prints it as one line.
    .configureOutput({ outputError: () => undefined })
    .exitOverride();

  command(mora, 'train', 'train what a configuration describes')
    .argument('[file]', 'configuration, *.mora.json')
    .option('--set <path=value>', 'change a field for this run, as if typed into the file; repeatable', append, [])
    .addOption(new Option('--run-dir <dir>', 'the run directory, instead of .mora/runs/… beside the configuration'))
    .addOption(
      new Option(
        '--resume <run>',
        'continue a run from its newest checkpoint, or from the checkpoint folder given',
      ).conflicts('runDir'),
    )
    .option(
      '--checkpoint <step>',
      'which checkpoint of the resumed run to go on from; later ones are set aside',
      wholeNumber,
    )
    .option('--json', 'one event a line on stdout', false)
    .action(async (file: string | undefined, { set, ...options }: { set: string[] } & Omit<TrainFlags, 'set'>) =>
      onExitCode(await train(file, { ...options, set: parseSetOptions(set) })),
    );

  command(mora, 'plan', 'show parameters, ranks, memory and the first examples, before anything runs')
    .argument('<file>', 'configuration, *.mora.json')
    .option('--examples <count>', 'how many examples to show', wholeNumber, 3)
    .option('--json', 'the plan, or the suggestion, as JSON', false)
    .addOption(
      new Option('--measure', 'train a few steps in memory, and tell the time of a step and of the run')
        .default(false)
        .conflicts('suggest'),
    )
    .addOption(
      new Option('--suggest', 'measure on the data which modules matter, and propose what to train').default(false),
    )
    .addOption(
      new Option('--share <share>', 'suggest this share of all modules; as many as now unless told, or half of all')
        .argParser(share)
        .implies({ suggest: true }),
    )
    .addOption(
      new Option('--budget <parameters>', 'suggest a rank for as many trainable parameters; as many as now unless told')
        .argParser(positiveWholeNumber)
        .implies({ suggest: true }),
    )
    .addOption(
      new Option('--batches <count>', 'measure on so many batches')
        .argParser(positiveWholeNumber)
        .implies({ suggest: true }),
    )
    .addOption(
      new Option('--write', 'write what is suggested into the configuration; asks first').implies({ suggest: true }),
    )
    .addOption(new Option('--yes', 'write without asking').implies({ suggest: true, write: true }))
    .action(async (file: string, { suggest: suggests, examples, measure, json, debug, ...options }: PlanFlags) => {
      if (suggests) onExitCode(await suggest(file, { ...options, json, debug }));
      else onExitCode(await plan(file, { examples, measure, json, debug }));
    });

  command(
    mora,
    'inspect',
    'show the tensors and singular spectra of an adapter, a checkpoint, a run, a file, or a tuned model against its base',
  )
    .argument('<path>', 'adapter, checkpoint, run or model folder, .safetensors file, or hub id of a downloaded model')
    .option('--base <model>', 'model folder or hub id: that of the adapter, or the one that a model was tuned from')
    .option('--intruders', 'count directions of W + ΔW that are none of W; the base model must be at hand', false)
    .option('--top <count>', 'with --intruders: how many leading directions of each module', positiveWholeNumber, 10)
    .option('--epsilon <cosine>', 'with --intruders: the cosine below which a direction is new', share, 0.6)
    .option('--json', 'kind, path, adapter and modules as JSON', false)
    .action(async (path: string, options: Parameters<typeof inspect>[1]) => onExitCode(await inspect(path, options)));

  command(mora, 'generate', 'continue a prompt, or answer in a chat')
    .argument('<model>', 'model folder, or the hub id of a downloaded model')
    .option('--adapter <dir>', 'adapter folder, checkpoint, or run (its newest checkpoint)')
    .option('--best', 'of a run the checkpoint with the lowest validation loss', false)
    .option('--compare', 'the model without and with the adapter', false)
    .option('--prompt <text>', 'what to continue')
    .option('--prompt-file <file>', 'a text file with the prompt; a newline at its end does not count')
    .option('--messages <file>', 'JSON: a list of messages with "role" and "content" to answer')
    .option('--chat', 'the prompt is what a user says, in the chat template of the model', false)
    .option('--system <text>', 'with --chat: the system message')
    .option('--template <file>', "chat template (Jinja) instead of the run's or the model's own")
    .option('--max-tokens <count>', 'most tokens to generate', wholeNumber, 128)
    .option('--temperature <number>', '0 takes the likeliest token each time', nonNegative, 0)
    .option('--top-k <count>', 'draw from the likeliest tokens only, so many', positiveWholeNumber)
    .option('--top-p <share>', 'draw from the likeliest tokens that together have this probability', share)
    .option('--repetition-penalty <number>', 'above 1: less likely what occurred before, prompt included', positive)
    .option('--stop <text>', 'end before this text; repeatable', append, [])
    .option('--seed <number>', 'seed of the sampling', wholeNumber, 0)
    .option('--json', 'the answer as JSON, one a line', false)
    .action(async (model: string, options: Parameters<typeof generate>[1]) =>
      onExitCode(await generate(model, options)),
    );

  command(mora, 'evaluate', 'measure loss, accuracy and exact matches on data, without and with an adapter')
    .argument('<source>', 'configuration (*.mora.json), run, model folder, or hub id of a downloaded model')
    .option(
      '--data <file>',
      'file, folder or pattern, instead of the data of the configuration; repeatable',
      append,
      [],
    )
    .option('--adapter <dir>', 'adapter folder, checkpoint, or run (its newest checkpoint)')
    .option('--best', 'of a run the checkpoint with the lowest validation loss', false)
    .option('--no-base', 'only with the adapter')
    .option('--no-exact-match', 'without the share of examples that are completed to the token')
    .option('--limit <count>', 'only the first so many examples', positiveWholeNumber)
    .option('--batch-size <rows>', 'most rows at once; as many as are fast and fit unless told', positiveWholeNumber)
    .option('--set <path=value>', 'change a field, as if typed into the configuration; repeatable', append, [])
    .option('--json', 'the figures as JSON', false)
    .action(async (source: string, { set, ...options }: { set: string[] } & Omit<EvaluateFlags, 'set'>) =>
      onExitCode(await evaluate(source, { ...options, set: parseSetOptions(set) })),
    );

  command(mora, 'merge', 'write the base model with an adapter added to its weights')
    .argument('<adapter>', 'adapter, checkpoint or run folder')
    .requiredOption('--out <dir>', 'the model folder to make')
    .option('--best', 'of a run the checkpoint with the lowest validation loss, instead of the newest', false)
    .option('--model <dir>', 'folder or hub id of the base model, instead of the one that the adapter names')
    .addOption(dtypeOption())
    .option('--json', 'what was written as JSON', false)
    .action(async (adapter: string, options: Omit<ExportCommandOptions, 'format'>) =>
      onExitCode(await exportAdapter(adapter, { ...options, format: 'merged' })),
    );

  command(mora, 'export', 'write an adapter in another form, and check it against base plus adapter')
    .argument('<adapter>', 'adapter, checkpoint or run folder')
    .requiredOption('--out <dir>', 'the folder to make')
    .option('--best', 'of a run the checkpoint with the lowest validation loss, instead of the newest', false)
    .addOption(
      new Option(
        '--format <name>',
        'mora: as the official code; peft: a LoRA for PEFT and vLLM; merged: a whole model; gguf: a whole model for llama.cpp; gguf-lora: the adapter alone for llama.cpp, exactly',
      )
        .choices(EXPORT_FORMATS)
        .makeOptionMandatory(),
    )
    .option(
      '--rank <count>',
      'peft: rank of the LoRA, where an exact one is not wanted or not possible',
      positiveWholeNumber,
    )
    .option('--model <dir>', 'folder or hub id of the base model, instead of the one that the adapter names')
    .addOption(dtypeOption())
    .option('--json', 'what was written as JSON', false)
    .action(async (adapter: string, options: ExportCommandOptions) =>
      onExitCode(await exportAdapter(adapter, options)),
    );
  command(mora, 'download', 'download a model of the Hugging Face hub, or what is missing or new of it')
    .argument('<id>', 'hub id: org/name')
    .option('--revision <revision>', 'branch, tag or commit; the main branch unless told')
    .action(async (id: string, options: Parameters<typeof download>[1]) => onExitCode(await download(id, options)));

  command(mora, 'doctor', 'say what is installed, what the machine can do, and what is missing, for a bug report')
    .option('--json', 'the same as JSON', false)
    .action(async (options: DoctorOptions) => onExitCode(await doctor(options)));

  command(mora, 'mcp', 'let agents list, plan, watch, start and stop runs, by the Model Context Protocol on stdio')
    .option('--root <dir>', 'a folder that agents may reach, instead of the current one; repeatable', append, [])
    .option('--read-only', 'without starting and stopping runs', false)
    .action(async (options: McpOptions) => mcp(options));

  command(mora, 'demo', 'compare MoRA and LoRA on the example data', true)
    .option('--steps <count>', 'optimizer steps of each', wholeNumber, DEMO_STEPS)
    .action(async (options: Parameters<typeof demo>[0]) => onExitCode(await demo(options)));
  return mora;
}

/** So that all three together take well under two minutes on two cores. */
const DEMO_STEPS = 150;

type TrainFlags = Parameters<typeof train>[1];
type EvaluateFlags = Parameters<typeof evaluate>[1];
type PlanFlags = Parameters<typeof plan>[1] & Parameters<typeof suggest>[1] & { readonly suggest: boolean };

function command(mora: Command, name: string, description: string, hidden = false): Command {
  return mora.command(name, { hidden }).description(description).option('--debug', 'show stack traces', false);
}

function dtypeOption(): Option {
  return new Option(
    '--dtype <name>',
    'format of the numbers; by default each tensor keeps its own, and gguf takes float16',
  ).choices(WEIGHT_DTYPES);
}
