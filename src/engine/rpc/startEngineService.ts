import { CancellationTokenSource, type CancellationToken, type ProgressType } from 'vscode-jsonrpc/node';
import { EngineConnection, type EngineServiceOptions } from './engineConnection';
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
import { fromResponseError, isCancelledResponse } from './errors';
import {
  BaseNormsProgressed,
  BaseNormsRequest,
  CachedModelsRequest,
  CompareRequest,
  ContentsRequest,
  DifferenceProgressed,
  DifferenceRequest,
  DownloadRequest,
  EvaluateProgressed,
  EvaluateRequest,
  ExamplesRequest,
  ExportRequest,
  GenerateProgressed,
  GenerateRequest,
  DiagnoseRequest,
  InspectRequest,
  IntrudersProgressed,
  IntrudersRequest,
  MeasureProgressed,
  MeasureRequest,
  PlanRequest,
  PromptingRequest,
  ReadingProgressed,
  StatisticsRequest,
  SuggestProgressed,
  SuggestRequest,
  ValuesRequest,
} from './protocol';
import type { Download, DownloadParams, DownloadProgress } from './download';
import type { EvaluateParams, EvaluateProgress, EvaluationReport } from './evaluation';
import type { ExportParams, ExportProgress, ExportReport } from './export';
import type { GenerateParams, GenerateProgress, Generation, Prompting, PromptingParams } from './generation';
import type { InspectParams, Inspection } from './inspection';
import type { MeasureParams, MeasureProgress, StepMeasurement } from './measurement';
import type { Plan, PlanParams } from './plan';
import type { Suggestion, SuggestParams, SuggestProgress } from './suggestion';
import type { ExamplesParams, ExamplesSeen } from './examples';
import type { EngineService } from './engineService';

/** Starts `engine serve`. When its process dies, open requests reject and the next request starts a new one. */
export function startEngineService(options: EngineServiceOptions): EngineService {
  return new RestartingService(options);
}

class RestartingService implements EngineService {
  private connection: EngineConnection;
  private streams = 0;
  private disposed = false;

  constructor(private readonly options: EngineServiceOptions) {
    this.connection = new EngineConnection(options);
  }

  plan(params: PlanParams, signal?: AbortSignal): Promise<Plan> {
    return this.ask((engine, token) => engine.rpc.sendRequest(PlanRequest, params, token), signal);
  }

  examples(params: ExamplesParams, signal?: AbortSignal): Promise<ExamplesSeen> {
    return this.ask((engine, token) => engine.rpc.sendRequest(ExamplesRequest, params, token), signal);
  }

  suggest(
    params: SuggestParams,
    onProgress: (progress: SuggestProgress) => void,
    signal?: AbortSignal,
  ): Promise<Suggestion> {
    return this.progressing(
      SuggestProgressed,
      onProgress,
      (engine, stream, token) => engine.rpc.sendRequest(SuggestRequest, { ...params, stream }, token),
      signal,
    );
  }

  measure(
    params: MeasureParams,
    onProgress: (progress: MeasureProgress) => void,
    signal?: AbortSignal,
  ): Promise<StepMeasurement> {
    return this.progressing(
      MeasureProgressed,
      onProgress,
      (engine, stream, token) => engine.rpc.sendRequest(MeasureRequest, { ...params, stream }, token),
      signal,
    );
  }

  diagnose(signal?: AbortSignal): Promise<Diagnosis> {
    return this.ask((engine, token) => engine.rpc.sendRequest(DiagnoseRequest, token), signal);
  }

  inspect(params: InspectParams, signal?: AbortSignal): Promise<Inspection> {
    return this.ask((engine, token) => engine.rpc.sendRequest(InspectRequest, params, token), signal);
  }

  generate(
    params: GenerateParams,
    onText: (text: string) => void,
    signal?: AbortSignal,
    onProgress: (progress: GenerateProgress) => void = () => undefined,
  ): Promise<Generation> {
    return this.follow(
      onText,
      (engine) => engine.textListeners,
      async (engine, stream, token) => {
        const listening = engine.rpc.onProgress(GenerateProgressed, stream, onProgress);
        try {
          return await engine.rpc.sendRequest(GenerateRequest, { ...params, stream }, token);
        } finally {
          listening.dispose();
        }
      },
      signal,
    );
  }

  prompting(params: PromptingParams, signal?: AbortSignal): Promise<Prompting> {
    return this.ask((engine, token) => engine.rpc.sendRequest(PromptingRequest, params, token), signal);
  }

  evaluate(
    params: EvaluateParams,
    onProgress: (progress: EvaluateProgress) => void,
    signal?: AbortSignal,
  ): Promise<EvaluationReport> {
    return this.progressing(
      EvaluateProgressed,
      onProgress,
      (engine, stream, token) => engine.rpc.sendRequest(EvaluateRequest, { ...params, stream }, token),
      signal,
    );
  }

  export(
    params: ExportParams,
    onProgress: (progress: ExportProgress) => void,
    signal?: AbortSignal,
  ): Promise<ExportReport> {
    return this.follow(
      onProgress,
      (engine) => engine.exportListeners,
      (engine, stream, token) => engine.rpc.sendRequest(ExportRequest, { ...params, stream }, token),
      signal,
    );
  }

  cachedModels(signal?: AbortSignal): Promise<readonly string[]> {
    return this.ask((engine, token) => engine.rpc.sendRequest(CachedModelsRequest, token), signal);
  }

  download(
    params: DownloadParams,
    onProgress: (progress: DownloadProgress) => void,
    signal?: AbortSignal,
  ): Promise<Download> {
    return this.follow(
      onProgress,
      (engine) => engine.downloadListeners,
      (engine, stream, token) => engine.rpc.sendRequest(DownloadRequest, { ...params, stream }, token),
      signal,
    );
  }

  contents(params: ContentsParams, signal?: AbortSignal): Promise<Contents> {
    return this.ask((engine, token) => engine.rpc.sendRequest(ContentsRequest, params, token), signal);
  }

  statistics(
    params: StatisticsParams,
    onProgress: (progress: ReadingProgress) => void,
    signal?: AbortSignal,
  ): Promise<TensorStatistics> {
    return this.progressing(
      ReadingProgressed,
      onProgress,
      (engine, stream, token) => engine.rpc.sendRequest(StatisticsRequest, { ...params, stream }, token),
      signal,
    );
  }

  values(params: ValuesParams, signal?: AbortSignal): Promise<readonly WindowValue[]> {
    return this.ask((engine, token) => engine.rpc.sendRequest(ValuesRequest, params, token), signal);
  }

  compare(
    params: CompareParams,
    onProgress: (progress: ReadingProgress) => void,
    signal?: AbortSignal,
  ): Promise<CheckpointDifference> {
    return this.progressing(
      ReadingProgressed,
      onProgress,
      (engine, stream, token) => engine.rpc.sendRequest(CompareRequest, { ...params, stream }, token),
      signal,
    );
  }

  difference(
    params: DifferenceParams,
    onProgress: (progress: ModuleProgress<ModuleSpectrum>) => void,
    signal?: AbortSignal,
  ): Promise<ModelDifference> {
    return this.progressing(
      DifferenceProgressed,
      onProgress,
      (engine, stream, token) => engine.rpc.sendRequest(DifferenceRequest, { ...params, stream }, token),
      signal,
    );
  }

  intruders(
    params: IntrudersParams,
    onProgress: (progress: ModuleProgress<ModuleCosines>) => void,
    signal?: AbortSignal,
  ): Promise<Intruders> {
    return this.progressing(
      IntrudersProgressed,
      onProgress,
      (engine, stream, token) => engine.rpc.sendRequest(IntrudersRequest, { ...params, stream }, token),
      signal,
    );
  }

  baseNorms(
    params: BaseNormsParams,
    onProgress: (progress: ModuleProgress<BaseNorm>) => void,
    signal?: AbortSignal,
  ): Promise<BaseNorms> {
    return this.progressing(
      BaseNormsProgressed,
      onProgress,
      (engine, stream, token) => engine.rpc.sendRequest(BaseNormsRequest, { ...params, stream }, token),
      signal,
    );
  }

  dispose(): void {
    this.disposed = true;
    this.connection.dispose();
  }

  /** Asks, and passes on the progress that is announced under the token of the request meanwhile. */
  private progressing<T, News>(
    type: ProgressType<News>,
    listener: (news: News) => void,
    request: (engine: EngineConnection, stream: number, token: CancellationToken) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const stream = this.streams++;
    return this.ask(async (engine, token) => {
      const listening = engine.rpc.onProgress(type, stream, listener);
      try {
        return await request(engine, stream, token);
      } finally {
        listening.dispose();
      }
    }, signal);
  }

  /** Asks, and passes on what is announced under the name of the request meanwhile. */
  private follow<T, News>(
    listener: (news: News) => void,
    listenersOf: (engine: EngineConnection) => Map<number, (news: News) => void>,
    request: (engine: EngineConnection, stream: number, token: CancellationToken) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const stream = this.streams++;
    return this.ask(async (engine, token) => {
      listenersOf(engine).set(stream, listener);
      try {
        return await request(engine, stream, token);
      } finally {
        listenersOf(engine).delete(stream);
      }
    }, signal);
  }

  private async ask<T>(
    request: (engine: EngineConnection, token: CancellationToken) => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    signal?.throwIfAborted();
    if (this.disposed) throw new Error('The engine service was asked after it was disposed.');
    if (this.connection.ended) this.connection = new EngineConnection(this.options);
    const engine = this.connection;
    const cancellation = new CancellationTokenSource();
    const cancel = (): void => cancellation.cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await Promise.race([request(engine, cancellation.token), engine.failure]);
    } catch (error) {
      if (isCancelledResponse(error)) signal?.throwIfAborted();
      throw fromResponseError(error);
    } finally {
      signal?.removeEventListener('abort', cancel);
      cancellation.dispose();
    }
  }
}
