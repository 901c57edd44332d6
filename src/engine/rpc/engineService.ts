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
import type { ModuleSpectrum } from '../../run/spectra';
import type { Download, DownloadParams, DownloadProgress } from './download';
import type { EvaluateParams, EvaluateProgress, EvaluationReport } from './evaluation';
import type { ExportParams, ExportProgress, ExportReport } from './export';
import type { GenerateParams, GenerateProgress, Generation, Prompting, PromptingParams } from './generation';
import type { InspectParams, Inspection } from './inspection';
import type { MeasureParams, MeasureProgress, StepMeasurement } from './measurement';
import type { Plan, PlanParams } from './plan';
import type { Suggestion, SuggestParams, SuggestProgress } from './suggestion';
import type { ExamplesParams, ExamplesSeen } from './examples';

/**
 * Asks the engine. Requests reject with a UserError for what the user can mend, with an Error (and the engine's stack)
 * for a bug, and with the signal's reason when it aborts.
 */
export interface EngineService {
  plan(params: PlanParams, signal?: AbortSignal): Promise<Plan>;
  /** A page of the data of a configuration, as the model will see it. */
  examples(params: ExamplesParams, signal?: AbortSignal): Promise<ExamplesSeen>;
  /** Measures on the data which linear layers matter, and proposes what to train. */
  suggest(
    params: SuggestParams,
    onProgress: (progress: SuggestProgress) => void,
    signal?: AbortSignal,
  ): Promise<Suggestion>;
  /** Times a few real training steps; nothing of them is kept. */
  measure(
    params: MeasureParams,
    onProgress: (progress: MeasureProgress) => void,
    signal?: AbortSignal,
  ): Promise<StepMeasurement>;
  /** Looks at the machine and measures it, for about a second. */
  diagnose(signal?: AbortSignal): Promise<Diagnosis>;
  inspect(params: InspectParams, signal?: AbortSignal): Promise<Inspection>;
  /** `onText` gets the generated text piece by piece; the answer holds the whole. `onProgress` hears of loading before. */
  generate(
    params: GenerateParams,
    onText: (text: string) => void,
    signal?: AbortSignal,
    onProgress?: (progress: GenerateProgress) => void,
  ): Promise<Generation>;
  /** What a model takes as a prompt, without loading it. */
  prompting(params: PromptingParams, signal?: AbortSignal): Promise<Prompting>;
  /** Loss and hits on data, without and with an adapter. */
  evaluate(
    params: EvaluateParams,
    onProgress: (progress: EvaluateProgress) => void,
    signal?: AbortSignal,
  ): Promise<EvaluationReport>;
  /** Writes an adapter in another form, and reads it back before it answers. */
  export(
    params: ExportParams,
    onProgress: (progress: ExportProgress) => void,
    signal?: AbortSignal,
  ): Promise<ExportReport>;
  /** Hub ids of the models that the cache of Hugging Face holds whole. */
  cachedModels(signal?: AbortSignal): Promise<readonly string[]>;
  /** Downloads a model of the hub; what came before an abort is kept for the next time. */
  download(
    params: DownloadParams,
    onProgress: (progress: DownloadProgress) => void,
    signal?: AbortSignal,
  ): Promise<Download>;
  /** Lists a checkpoint from its headers. */
  contents(params: ContentsParams, signal?: AbortSignal): Promise<Contents>;
  statistics(
    params: StatisticsParams,
    onProgress: (progress: ReadingProgress) => void,
    signal?: AbortSignal,
  ): Promise<TensorStatistics>;
  /** A window of a tensor's values. */
  values(params: ValuesParams, signal?: AbortSignal): Promise<readonly WindowValue[]>;
  /** Compares two checkpoints tensor by tensor. */
  compare(
    params: CompareParams,
    onProgress: (progress: ReadingProgress) => void,
    signal?: AbortSignal,
  ): Promise<CheckpointDifference>;
  /** The spectra of the difference of two models, minutes for large ones. */
  difference(
    params: DifferenceParams,
    onProgress: (progress: ModuleProgress<ModuleSpectrum>) => void,
    signal?: AbortSignal,
  ): Promise<ModelDifference>;
  /** How near the leading directions of tuned weights are to those of their base, minutes for large ones. */
  intruders(
    params: IntrudersParams,
    onProgress: (progress: ModuleProgress<ModuleCosines>) => void,
    signal?: AbortSignal,
  ): Promise<Intruders>;
  /** The norms of the weights beneath a change. */
  baseNorms(
    params: BaseNormsParams,
    onProgress: (progress: ModuleProgress<BaseNorm>) => void,
    signal?: AbortSignal,
  ): Promise<BaseNorms>;
  /** Ends the engine process; open requests reject. */
  dispose(): void;
}
