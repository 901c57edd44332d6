import { NotificationType, ProgressType, RequestType, RequestType0 } from 'vscode-jsonrpc';
import type { Device } from '../../config/devices';
import type { Change } from '../../config/documentEdits';
import type { DataReport } from '../../run/dataReport';
import type { ModuleSpectrum } from '../../run/spectra';
import type {
  CheckpointDifference,
  CompareParams,
  Contents,
  ContentsParams,
  ReadingProgress,
  StatisticsParams,
  Streamed,
  TensorStatistics,
  ValuesParams,
  WindowValue,
} from './contents';
import type {
  BaseNorm,
  BaseNorms,
  BaseNormsParams,
  DifferenceParams,
  Intruders,
  IntrudersParams,
  ModelDifference,
  ModuleCosines,
  ModuleProgress,
} from './changes';
import type { Diagnosis } from './diagnosis';

/**
 * Every message between the engine and those who use it (editor, command line), in one place.
 *
 * The engine process runs in one of two ways:
 * - `engine serve` answers over stdio: plan, suggest, measure, inspect, generate, evaluate, export, download, diagnose,
 *   looks into checkpoints, and compares tuned weights with their base;
 * - `engine train RUN` trains in a run directory and takes control messages on the socket named in its status.json.
 */

// ---- served over stdio -------------------------------------------------------------------------------------------

export interface PlanParams {
  /** Content of the configuration document (parsed JSON, not yet validated). */
  readonly configuration: unknown;
  /** Absolute path of the document, for relative paths and for error messages. */
  readonly file: string;
  /** How many examples to show; 0 leaves the data unread. */
  readonly examples: number;
  /** Whether the few files that describe a model of the hub may be downloaded; if not, it must be in the cache. */
  readonly download?: boolean;
}

export interface PlannedModule {
  readonly layer: number;
  /** Name within the block: "q_proj". */
  readonly module: string;
  /** Full name in the checkpoint. */
  readonly name: string;
  readonly dIn: number;
  readonly dOut: number;
  /** Whether the configuration adapts it. The figures below are what it has, or would have. */
  readonly selected: boolean;
  readonly rHat?: number;
  readonly rank?: number;
  readonly parameters: number;
  /** Highest rank that ΔW can have. */
  readonly rankBound: number;
  /** Parameters and rank bound of LoRA at the same `rank`. */
  readonly lora: { readonly parameters: number; readonly rankBound: number };
  /** What is unwise about this module with this mode ("62 % of its inputs are ignored"). */
  readonly warning?: string;
  /** Why it cannot be adapted so; `parameters` and `rankBound` are then 0. */
  readonly error?: string;
}

export interface PlannedExample {
  /** Line, row or item of its file. */
  readonly line: number;
  /** Where it is, for people: "train.jsonl:3". */
  readonly place: string;
  readonly tokens: readonly PlannedToken[];
}

export interface PlannedToken {
  readonly id: number;
  readonly text: string;
  readonly supervised: boolean;
}

export interface Plan {
  readonly model: {
    readonly folder: string;
    readonly family: string;
    readonly layers: number;
    readonly hiddenSize: number;
    readonly vocabularySize: number;
    readonly parameters: number;
    /** Names of the linear layers of a block, in order. */
    readonly modules: readonly string[];
  };
  /** Every linear layer of the decoder, layer by layer. */
  readonly modules: readonly PlannedModule[];
  readonly trainableParameters: number;
  /** Peak, and the reason where it was chosen because the configuration says "auto". */
  readonly learningRate: { readonly rate: number; readonly reason?: string };
  /** Estimated bytes while training. */
  readonly memory: {
    /** The process itself, and what programs hold while they run. */
    readonly working: number;
    readonly weights: number;
    readonly adapter: number;
    readonly optimizer: number;
    readonly activations: number;
    readonly total: number;
    /** Free on the machine now. */
    readonly available: number;
    /** Of the machine altogether. */
    readonly machine: number;
    /** Where the blocks' weights are; on disk where memory does not hold them. */
    readonly blocks: 'memory' | 'disk';
    /** Rows of a micro-batch, at most. */
    readonly rows: number;
  };
  /** Absent when the data was not read. */
  readonly data?: {
    readonly trainExamples: number;
    readonly validationExamples: number;
    readonly tokens: number;
    readonly supervisedTokens: number;
    readonly longest: number;
    readonly truncatedExamples: number;
    readonly totalSteps: number;
    /** What became of everything that was read. */
    readonly report: DataReport;
    readonly examples: readonly PlannedExample[];
  };
  readonly warnings: readonly string[];
}

export interface InspectParams {
  /** Absolute path of an adapter folder, a checkpoint, a run, or a .safetensors file; or the hub id of a model. */
  readonly path: string;
}

export interface TensorSummary {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: number;
}

export interface Inspection {
  readonly path: string;
  readonly kind: 'adapter' | 'run' | 'tensors' | 'model';
  /** For an adapter: how its configuration describes it. */
  readonly adapter?: {
    readonly method: 'mora' | 'lora' | 'full';
    readonly moraType?: number;
    readonly mode?: string;
    readonly rank: number | null;
    readonly alpha?: number;
    /** LoRA: scaled by alpha/√rank instead of alpha/rank. */
    readonly rankStabilised?: boolean;
    /** How many ΔW were merged into the base before; they count in the spectra. Absent without. */
    readonly merges?: number;
    /** Its rows and columns are shuffled (ReMoRA). */
    readonly shuffled?: boolean;
    readonly baseModel: string | null;
  };
  /** One for each adapted module; empty for plain tensors. */
  readonly modules: readonly ModuleSpectrum[];
  readonly tensors: readonly TensorSummary[];
  /** What is odd about the files though they can be read. */
  readonly warnings: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

export interface GenerateParams {
  /** Absolute model folder, or the hub id of a downloaded model. */
  readonly model: string;
  /** Absolute adapter folder. */
  readonly adapter?: string;
  /** A text to continue, or a conversation to answer by the model's chat template. */
  readonly prompt: string | ChatRequest;
  readonly maxTokens: number;
  /** 0 takes the likeliest token each time. */
  readonly temperature: number;
  /** Draws from the k likeliest tokens only. */
  readonly topK?: number;
  /** Draws from the likeliest tokens that together have this probability. */
  readonly topP?: number;
  /** Above 1 makes tokens that have occurred less likely, below 1 likelier. */
  readonly repetitionPenalty?: number;
  /** The text ends before the first of these. */
  readonly stop?: readonly string[];
  readonly seed: number;
}

export interface ChatRequest {
  /** A list of messages as in training data, or an object with "messages" (and "tools", "system"); not yet validated. */
  readonly conversation: unknown;
  /** What to call it in an error: its file. */
  readonly source: string;
  /** Absolute path of a chat template, instead of the model's own. */
  readonly template?: string;
}

export interface Generation {
  readonly text: string;
  /** Tokens generated. */
  readonly tokens: number;
  readonly promptTokens: number;
  /** "end": the model ended; "stop": a stop string came; "length": maxTokens or the context was reached. */
  readonly reason: 'end' | 'stop' | 'length';
  /** Time for the prompt, and for the tokens after it; loading is not counted. */
  readonly seconds: { readonly prompt: number; readonly generation: number };
  /** What is odd about the adapter's files though they can be used. */
  readonly warnings: readonly string[];
}

/** What happens while there is no text yet. */
export interface GenerateProgress {
  /** "loading the model, layer 3 of 30" */
  readonly activity: string;
}

export interface PromptingParams {
  /** Absolute model folder, or the hub id of a downloaded model. */
  readonly model: string;
  /** Absolute path of a chat template, instead of the model's own. */
  readonly template?: string;
}

/** What a model takes as a prompt. */
export interface Prompting {
  readonly folder: string;
  /** Most tokens of a prompt and its answer together. */
  readonly context: number;
  /** Whether it has a chat template, and so answers conversations. */
  readonly chat: boolean;
}

/** A generation and the name under which its text is announced: several may run side by side. */
export interface StreamedGenerateParams extends GenerateParams {
  readonly stream: number;
}

export interface EvaluateParams {
  /** Content of a configuration (parsed JSON, not yet validated): its model, validation or else training data, compute. */
  readonly configuration: unknown;
  /** Absolute path of the document, for relative paths and for error messages. */
  readonly file: string;
  /** Absolute adapter folder. */
  readonly adapter?: string;
  /** Whether the model is evaluated without the adapter too. */
  readonly base: boolean;
  /** Whether to count exact matches. */
  readonly exactMatch: boolean;
  /** Only the first so many examples; null for all. */
  readonly limit: number | null;
  /** Most rows of a batch; null for as many as are fast and fit. */
  readonly rows: number | null;
}

/** How a model predicts what is supervised of the data. */
export interface ModelEvaluation {
  /** Mean negative log-likelihood over the supervised tokens. Nats. */
  readonly loss: number;
  /** e^loss; null where that is beyond all numbers. */
  readonly perplexity: number | null;
  /** Share of supervised tokens that the model ranks first. */
  readonly accuracy: number;
  /** Share of examples that greedy decoding completes token for token, end token included; null where not asked for. */
  readonly exactMatch: number | null;
  /** Time for all batches; loading is not counted. */
  readonly seconds: number;
}

export interface EvaluationReport {
  readonly model: string;
  readonly adapter: string | null;
  readonly data: {
    readonly files: readonly string[];
    readonly examples: number;
    /** Examples that there are, of which the first were taken. */
    readonly available: number;
    readonly tokens: number;
    readonly supervisedTokens: number;
    /** Examples that lost their end, and are judged by what is left of it. */
    readonly cut: number;
  };
  /** The model without the adapter; null where not asked for. */
  readonly base: ModelEvaluation | null;
  /** With it; null without one. */
  readonly adapted: ModelEvaluation | null;
  /** What is odd about the adapter's files or unwise about the data. */
  readonly warnings: readonly string[];
}

/** How far an evaluation is along. */
export interface EvaluateProgress {
  /** "evaluating the model" */
  readonly activity: string;
  /** Share that is done, from 0 to 1. */
  readonly share: number;
}

/** An evaluation and the token under which its progress is announced: several may run side by side. */
export interface StreamedEvaluateParams extends EvaluateParams {
  readonly stream: number;
}

/** The forms in which an adapter can leave. */
export const EXPORT_FORMATS = ['mora', 'peft', 'merged', 'gguf', 'gguf-lora'] as const;
export type ExportFormatName = (typeof EXPORT_FORMATS)[number];

/** The formats of numbers in which weights can be written, as PyTorch calls them. */
export const WEIGHT_DTYPES = ['float32', 'float16', 'bfloat16'] as const;
export type WeightDtype = (typeof WEIGHT_DTYPES)[number];

export interface ExportParams {
  /** Absolute path of an adapter folder, a checkpoint, or a run (its newest checkpoint). */
  readonly adapter: string;
  /** Of a run the checkpoint with the lowest validation loss instead. */
  readonly best?: boolean;
  /** Absolute folder of the base model, or its hub id; by default the one that the adapter names. */
  readonly model?: string;
  /** Absolute path of the folder to make. */
  readonly out: string;
  readonly format: ExportFormatName;
  /** Rank of a LoRA that can only be near. */
  readonly rank?: number;
  /** Format of the written numbers; by default each tensor keeps that of the base, and GGUF takes float16. */
  readonly dtype?: WeightDtype;
}

/** How far an export is along. */
export interface ExportProgress {
  readonly activity: 'writing' | 'reading back' | 'comparing';
  readonly done: number;
  readonly total: number;
}

/** ΔW of a module against the LoRA that stands for it; errors are ‖ΔW − BA‖ / ‖ΔW‖ in the Frobenius norm. */
export interface ModuleApproximation {
  readonly name: string;
  readonly rank: number;
  /** Measured on what was written. */
  readonly error: number;
  /** The least that this rank can reach, from the singular values of ΔW; null where they would take too long. */
  readonly optimum: number | null;
}

export interface ExportReport {
  readonly out: string;
  readonly format: ExportFormatName;
  /** The adapter folder that was exported; of a run, that of a checkpoint. */
  readonly adapter: string;
  readonly model: string;
  /** Bytes written. */
  readonly bytes: number;
  /** One for each module that a LoRA stands for. */
  readonly approximations: readonly ModuleApproximation[];
  /** Over all modules together; absent without approximations. */
  readonly overall?: { readonly error: number; readonly optimum: number | null };
  /** The logits of what was written against those of base plus adapter, on fixed sequences. */
  readonly logits: {
    /** max |Δlogit|. */
    readonly difference: number;
    /** What it may be; null where a loss is stated, not bounded. */
    readonly bound: number | null;
    /** Why that much: "each weight is rounded once to bfloat16". */
    readonly reason: string;
    /** max |logit| of base plus adapter. */
    readonly scale: number;
    /** max |Δlogit| that the adapter itself makes. */
    readonly adapterEffect: number;
    readonly positions: number;
    /** Positions whose likeliest token differs. */
    readonly changedTokens: number;
  };
  readonly warnings: readonly string[];
}

/** An export and the name under which its progress is announced. */
export interface StreamedExportParams extends ExportParams {
  readonly stream: number;
}

export interface DownloadParams {
  /** Hub id: "org/name" or "org/name@revision". */
  readonly model: string;
}

export interface Download {
  /** The snapshot in the cache: a Hugging Face model folder. */
  readonly folder: string;
  /** The commit it is of. */
  readonly commit: string;
}

/** A download and the name under which its progress is announced. */
export interface StreamedDownloadParams extends DownloadParams {
  readonly stream: number;
}

export type DownloadProgress =
  | {
      readonly kind: 'downloading';
      /** The file that is coming, and how many of its bytes are here. */
      readonly file: string;
      readonly bytes: number;
      readonly size: number;
      /** Of all files that are needed. */
      readonly done: number;
      readonly total: number;
    }
  /** Another process downloads the same model. */
  | { readonly kind: 'waiting' };

export interface SuggestParams {
  /** Content of the configuration document (parsed JSON, not yet validated). */
  readonly configuration: unknown;
  /** Absolute path of the document, for relative paths and for error messages. */
  readonly file: string;
  /** On how many batches of examples to measure. */
  readonly batches: number;
  /**
   * The share of all linear layers to train, above 0 and at most 1; null for as many as the configuration trains now, or
   * half where it trains all.
   */
  readonly share: number | null;
  /** Trainable parameters that the proposal should have; null for as many as the configuration trains now. */
  readonly budget: number | null;
}

/** A linear layer and how strongly the loss on the data asks its frozen weight W to change. */
export interface ScoredModule {
  readonly layer: number;
  /** Name within the block: "q_proj". */
  readonly module: string;
  /** Full name in the checkpoint. */
  readonly name: string;
  readonly dIn: number;
  readonly dOut: number;
  /** ‖W‖_F */
  readonly weightNorm: number;
  /** ‖∂L/∂W‖_F: root of the mean square over the batches. */
  readonly gradientNorm: number;
  /** gradientNorm / weightNorm */
  readonly score: number;
  /** 1 for the highest score. */
  readonly place: number;
  /** Trainable parameters of its adapter as configured; 0 where it cannot have one. */
  readonly parameters: number;
  /** score² for each of them; 0 where it has none. */
  readonly scorePerParameter: number;
  /** Whether the configuration adapts it. */
  readonly selected: boolean;
  /** Whether the proposal does. */
  readonly suggested: boolean;
  /** What is unwise about its adapter as proposed. */
  readonly warning?: string;
}

export interface Suggestion {
  /** Every linear layer of the decoder, layer by layer. */
  readonly modules: readonly ScoredModule[];
  readonly measured: {
    readonly batches: number;
    readonly examples: number;
    readonly tokens: number;
    readonly supervisedTokens: number;
    /** Mean over the supervised tokens, before any training. Nats. */
    readonly loss: number;
  };
  readonly now: { readonly modules: number; readonly parameters: number };
  readonly proposal: {
    readonly modules: number;
    readonly parameters: number;
    readonly budget: number;
    /** Null where the method has none. */
    readonly rank: number | null;
    /** What to change in the document; see src/config/documentEdits.ts. */
    readonly changes: readonly Change[];
  };
}

/** How far a measurement is along. */
export interface SuggestProgress {
  /** "loading the model, layer 3 of 30" */
  readonly activity: string;
  /** Share of the measuring itself that is done, from 0 to 1. */
  readonly share: number;
}

/** A measurement and the token under which its progress is announced: several may run side by side. */
export interface StreamedSuggestParams extends SuggestParams {
  readonly stream: number;
}

export interface MeasureParams {
  /** Content of the configuration document (parsed JSON, not yet validated). */
  readonly configuration: unknown;
  /** Absolute path of the document, for relative paths and for error messages. */
  readonly file: string;
}

/** What real training steps of a configuration took on this machine. */
export interface StepMeasurement {
  /** Median of the steps that were timed. Seconds. */
  readonly seconds: number;
  readonly fastest: number;
  readonly slowest: number;
  /** How many steps were timed. */
  readonly steps: number;
  /** The step before them, which compiles programs for the first shapes. Seconds. */
  readonly firstSeconds: number;
  /** Tokens of a timed step in the mean. */
  readonly tokens: number;
  /** Steps of the whole run. */
  readonly totalSteps: number;
  /** What a run would compute on. */
  readonly device: Device;
  /** Resident memory of the engine's process at its highest while it loaded and trained. Bytes. */
  readonly peakBytes: number;
}

/** How far the measuring of steps is along. */
export interface MeasureProgress {
  /** "loading the model, layer 3 of 30" */
  readonly activity: string;
  /** Share of the steps that are done, from 0 to 1. */
  readonly share: number;
}

/** A measurement of steps and the token under which its progress is announced. */
export interface StreamedMeasureParams extends MeasureParams {
  readonly stream: number;
}

export const PlanRequest = new RequestType<PlanParams, Plan, RpcErrorData>('plan');
/** Looks at the machine and measures it. */
export const DiagnoseRequest = new RequestType0<Diagnosis, RpcErrorData>('diagnose');
export const InspectRequest = new RequestType<InspectParams, Inspection, RpcErrorData>('inspect');
export const SuggestRequest = new RequestType<StreamedSuggestParams, Suggestion, RpcErrorData>('suggest');
/** Progress of the measurement that named this token. */
export const SuggestProgressed = new ProgressType<SuggestProgress>();
/** Times a few real training steps in memory; nothing of them is kept. */
export const MeasureRequest = new RequestType<StreamedMeasureParams, StepMeasurement, RpcErrorData>('measure');
/** Progress of the measurement that named this token. */
export const MeasureProgressed = new ProgressType<MeasureProgress>();
export const EvaluateRequest = new RequestType<StreamedEvaluateParams, EvaluationReport, RpcErrorData>('evaluate');
/** Progress of the evaluation that named this token. */
export const EvaluateProgressed = new ProgressType<EvaluateProgress>();
export const GenerateRequest = new RequestType<StreamedGenerateParams, Generation, RpcErrorData>('generate');
/** Progress of the generation that named this token. */
export const GenerateProgressed = new ProgressType<GenerateProgress>();
/** Looks at a model's files without loading weights. Rejects with a UserError for one that cannot generate. */
export const PromptingRequest = new RequestType<PromptingParams, Prompting, RpcErrorData>('prompting');
/** Hub ids of the models that the cache holds whole; no request is made. */
export const CachedModelsRequest = new RequestType0<readonly string[], RpcErrorData>('cachedModels');
/** Downloads what the cache lacks of a model of the hub. */
export const DownloadRequest = new RequestType<StreamedDownloadParams, Download, RpcErrorData>('download');
/** How far the download is, of the request that named this stream. */
export const Downloading = new NotificationType<{ readonly stream: number; readonly progress: DownloadProgress }>(
  'downloading',
);
/** Text as it is generated, of the request that named this stream. */
export const GeneratedText = new NotificationType<{ readonly stream: number; readonly text: string }>('generated');

/** Answered when the export was read back and agrees. Cancelling leaves nothing behind. */
export const ExportRequest = new RequestType<StreamedExportParams, ExportReport, RpcErrorData>('export');
export const ExportProgressed = new NotificationType<{ readonly stream: number; readonly progress: ExportProgress }>(
  'exporting',
);

/** Lists a checkpoint from its headers. */
export const ContentsRequest = new RequestType<ContentsParams, Contents, RpcErrorData>('contents');
export const StatisticsRequest = new RequestType<Streamed<StatisticsParams>, TensorStatistics, RpcErrorData>(
  'statistics',
);
export const ValuesRequest = new RequestType<ValuesParams, readonly WindowValue[], RpcErrorData>('values');
export const CompareRequest = new RequestType<Streamed<CompareParams>, CheckpointDifference, RpcErrorData>('compare');
/** Progress of the statistics or comparison that named this token. */
export const ReadingProgressed = new ProgressType<ReadingProgress>();

/** The spectra of the difference of two models. */
export const DifferenceRequest = new RequestType<Streamed<DifferenceParams>, ModelDifference, RpcErrorData>(
  'difference',
);
export const DifferenceProgressed = new ProgressType<ModuleProgress<ModuleSpectrum>>();
/** How near the leading directions of tuned weights are to those of their base. */
export const IntrudersRequest = new RequestType<Streamed<IntrudersParams>, Intruders, RpcErrorData>('intruders');
export const IntrudersProgressed = new ProgressType<ModuleProgress<ModuleCosines>>();
/** The norms of the weights beneath a change. */
export const BaseNormsRequest = new RequestType<Streamed<BaseNormsParams>, BaseNorms, RpcErrorData>('baseNorms');
export const BaseNormsProgressed = new ProgressType<ModuleProgress<BaseNorm>>();

// ---- control of a run over its socket ------------------------------------------------------------------------------

export const PauseRequest = new RequestType0<void, RpcErrorData>('pause');
export const ResumeRequest = new RequestType0<void, RpcErrorData>('resume');
/** Saves a checkpoint and ends the run; answered as soon as it is accepted. */
export const StopRequest = new RequestType0<void, RpcErrorData>('stop');
/** Saves a checkpoint after the current step; answered as soon as it is accepted. */
export const SaveRequest = new RequestType0<void, RpcErrorData>('save');
/** Makes samples after the current step; answered as soon as it is accepted. */
export const SampleRequest = new RequestType0<void, RpcErrorData>('sample');

// ---- over the IPC channel of a run that a command line attached to itself --------------------------------------------

/** "stop": save a checkpoint and end; "quit": end at once. When the channel closes, the run ends at once too. */
export type AttachedMessage = 'stop' | 'quit';

// ---- errors --------------------------------------------------------------------------------------------------------

/** What an error response carries: "user" errors are shown as they are, "internal" ones are bugs with their stack. */
export interface RpcErrorData {
  readonly kind: 'user' | 'internal';
  readonly stack?: string;
}
