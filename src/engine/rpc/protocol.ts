import { NotificationType, NotificationType0, ProgressType, RequestType, RequestType0 } from 'vscode-jsonrpc';
import type { ModuleSpectrum } from '../../run/spectra';
import type {
  CheckpointDifference,
  CompareParams,
  Contents,
  ContentsParams,
  ReadingProgress,
  StatisticsParams,
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
import type { Download, DownloadParams, DownloadProgress } from './download';
import type { EvaluateParams, EvaluateProgress, EvaluationReport } from './evaluation';
import type { ExamplesParams, ExamplesSeen } from './examples';
import type { ExportParams, ExportProgress, ExportReport } from './export';
import type { GenerateParams, GenerateProgress, Generation, Prompting, PromptingParams } from './generation';
import type { InspectParams, Inspection } from './inspection';
import type { MeasureParams, MeasureProgress, StepMeasurement } from './measurement';
import type { Plan, PlanParams } from './plan';
import type { SuggestParams, SuggestProgress, Suggestion } from './suggestion';

/**
 * Every message between the engine and those who use it (editor, command line), in one place; what they carry is in the
 * files beside this one.
 *
 * The engine process runs in one of three ways:
 * - `engine serve` answers over stdio: plan, show examples, suggest, measure, inspect, generate, evaluate, export, download,
 *   diagnose, looks into checkpoints, and compares tuned weights with their base;
 * - `engine train RUN` trains in a run directory and takes control messages on the socket named in its status.json;
 * - `engine train` waits for its parent's word on a channel: it plans what is to be trained, then trains in a run directory as
 *   the former does. One process for both, so that a run does not wait for the start of a second one.
 */

// ---- served over stdio -------------------------------------------------------------------------------------------

/** A request and the name under which its progress is announced: several may run side by side. */
type Streamed<Params> = Params & { readonly stream: number };

export const PlanRequest = new RequestType<PlanParams, Plan, RpcErrorData>('plan');
/** Pages through the data of a configuration. */
export const ExamplesRequest = new RequestType<ExamplesParams, ExamplesSeen, RpcErrorData>('examples');
/** Looks at the machine and measures it. */
export const DiagnoseRequest = new RequestType0<Diagnosis, RpcErrorData>('diagnose');
export const InspectRequest = new RequestType<InspectParams, Inspection, RpcErrorData>('inspect');
export const SuggestRequest = new RequestType<Streamed<SuggestParams>, Suggestion, RpcErrorData>('suggest');
/** Progress of the measurement that named this token. */
export const SuggestProgressed = new ProgressType<SuggestProgress>();
/** Times a few real training steps in memory; nothing of them is kept. */
export const MeasureRequest = new RequestType<Streamed<MeasureParams>, StepMeasurement, RpcErrorData>('measure');
/** Progress of the measurement that named this token. */
export const MeasureProgressed = new ProgressType<MeasureProgress>();
export const EvaluateRequest = new RequestType<Streamed<EvaluateParams>, EvaluationReport, RpcErrorData>('evaluate');
/** Progress of the evaluation that named this token. */
export const EvaluateProgressed = new ProgressType<EvaluateProgress>();
export const GenerateRequest = new RequestType<Streamed<GenerateParams>, Generation, RpcErrorData>('generate');
/** Progress of the generation that named this token. */
export const GenerateProgressed = new ProgressType<GenerateProgress>();
/** Looks at a model's files without loading weights. Rejects with a UserError for one that cannot generate. */
export const PromptingRequest = new RequestType<PromptingParams, Prompting, RpcErrorData>('prompting');
/** Hub ids of the models that the cache holds whole; no request is made. */
export const CachedModelsRequest = new RequestType0<readonly string[], RpcErrorData>('cachedModels');
/** Downloads what the cache lacks of a model of the hub. */
export const DownloadRequest = new RequestType<Streamed<DownloadParams>, Download, RpcErrorData>('download');
/** How far the download is, of the request that named this stream. */
export const Downloading = new NotificationType<{ readonly stream: number; readonly progress: DownloadProgress }>(
  'downloading',
);
/** Text as it is generated, of the request that named this stream. */
export const GeneratedText = new NotificationType<{ readonly stream: number; readonly text: string }>('generated');

/** Answered when the export was read back and agrees. Cancelling leaves nothing behind. */
export const ExportRequest = new RequestType<Streamed<ExportParams>, ExportReport, RpcErrorData>('export');
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

// ---- over the IPC channel of an engine that a command line attached to itself ------------------------------------------

// PlanRequest, before there is a run. When the channel closes, the engine ends at once.

/** Trains in the prepared run directory of this path, and ends with the run. Sent once. */
export const TrainNotification = new NotificationType<string>('train');
/** Save a checkpoint and end. */
export const StopNotification = new NotificationType0('stop');
/** End at once. */
export const QuitNotification = new NotificationType0('quit');

// ---- errors --------------------------------------------------------------------------------------------------------

/** What an error response carries: "user" errors are shown as they are, "internal" ones are bugs with their stack. */
export interface RpcErrorData {
  readonly kind: 'user' | 'internal';
  readonly stack?: string;
}
