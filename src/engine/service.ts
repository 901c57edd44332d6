import { Console } from 'node:console';
import type { Readable, Writable } from 'node:stream';
import { createMessageConnection, type MessageConnection } from 'vscode-jsonrpc/node';
import { answer } from './answer';
import type { ReadingProgress } from './rpc/contents';
import type { EngineProgram } from './rpc/engineProgram';
import {
  BaseNormsProgressed,
  BaseNormsRequest,
  CachedModelsRequest,
  CompareRequest,
  ContentsRequest,
  ExportProgressed,
  ExportRequest,
  DifferenceProgressed,
  DifferenceRequest,
  Downloading,
  DownloadRequest,
  EvaluateProgressed,
  EvaluateRequest,
  ExamplesRequest,
  GeneratedText,
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
} from './rpc/protocol';
import type { EvaluateProgress } from './rpc/evaluation';
import type { ExportProgress } from './rpc/export';
import type { MeasureProgress } from './rpc/measurement';
import type { SuggestProgress } from './rpc/suggestion';

/**
 * Answers requests over stdio until stdin closes. Modules load with the first request that needs them, so that a plan
 * does not wait for the runtime.
 */
export function serveOverStdio(program: EngineProgram): void {
  // stdout carries the protocol alone; whoever prints meant the log.
  globalThis.console = new Console(process.stderr);
  // Ctrl+C in a terminal reaches us too. Whoever asked decides what becomes of the request, and takes it back in order.
  process.on('SIGINT', () => undefined);
  const exit = (): never => process.exit(0);
  process.stdin.once('end', exit).once('close', exit).once('error', exit);
  process.stdout.once('error', exit);
  serve(process.stdin, process.stdout, program).onClose(exit);
}

/** Answers every request of the protocol on a pair of streams; `program` is this one. */
export function serve(input: Readable, output: Writable, program: EngineProgram): MessageConnection {
  const rpc = createMessageConnection(input, output);
  rpc.onRequest(PlanRequest, (params, token) =>
    answer(token, async (signal) => (await import('./plan')).plan(params, signal)),
  );
  rpc.onRequest(ExamplesRequest, (params, token) =>
    answer(token, async (signal) => (await import('./preview/seeExamples')).seeExamples(params, signal)),
  );
  rpc.onRequest(SuggestRequest, ({ stream, ...params }, token) =>
    answer(token, async (signal) => {
      const { suggest } = await import('./suggestion/suggest');
      const onProgress = (progress: SuggestProgress): void =>
        void rpc.sendProgress(SuggestProgressed, stream, progress);
      return suggest(params, onProgress, signal);
    }),
  );
  rpc.onRequest(MeasureRequest, ({ stream, ...params }, token) =>
    answer(token, async (signal) => {
      const { measureSteps } = await import('./measurement/measureSteps');
      const onProgress = (progress: MeasureProgress): void =>
        void rpc.sendProgress(MeasureProgressed, stream, progress);
      return measureSteps(params, program, onProgress, signal);
    }),
  );
  rpc.onRequest(DiagnoseRequest, (token) =>
    answer(token, async (signal) => (await import('./diagnosis/diagnose')).diagnose(program, signal)),
  );
  rpc.onRequest(InspectRequest, (params, token) =>
    answer(token, async () => (await import('./inspect')).inspect(params)),
  );
  rpc.onRequest(GenerateRequest, ({ stream, ...params }, token) =>
    answer(token, async (signal) => {
      const { generate } = await import('./inference/generate');
      const onText = (text: string): void => void rpc.sendNotification(GeneratedText, { stream, text });
      const onActivity = (activity: string): void => void rpc.sendProgress(GenerateProgressed, stream, { activity });
      return generate(params, onText, signal, onActivity);
    }),
  );
  rpc.onRequest(PromptingRequest, (params, token) =>
    answer(token, async () => (await import('./inference/prompting')).prompting(params)),
  );
  rpc.onRequest(EvaluateRequest, ({ stream, ...params }, token) =>
    answer(token, async (signal) => {
      const { evaluateModel } = await import('./evaluation/evaluateModel');
      const onProgress = (progress: EvaluateProgress): void =>
        void rpc.sendProgress(EvaluateProgressed, stream, progress);
      return evaluateModel(params, onProgress, signal);
    }),
  );
  rpc.onRequest(ExportRequest, ({ stream, ...params }, token) =>
    answer(token, async (signal) => {
      const { exportAdapter } = await import('./export/exportAdapter');
      const onProgress = (progress: ExportProgress): void =>
        void rpc.sendNotification(ExportProgressed, { stream, progress });
      return exportAdapter(params, onProgress, signal);
    }),
  );
  rpc.onRequest(CachedModelsRequest, (token) =>
    answer(token, async (signal) => (await import('./hub/listCached')).listCached(signal)),
  );
  rpc.onRequest(DownloadRequest, ({ stream, model }, token) =>
    answer(token, async (signal) => {
      const { download } = await import('./hub/download');
      return download(model, (progress) => void rpc.sendNotification(Downloading, { stream, progress }), signal);
    }),
  );
  answerReadings(rpc);
  answerChanges(rpc);
  rpc.listen();
  return rpc;
}

/** Looks into checkpoints: listings, and what has to read values. */
function answerReadings(rpc: MessageConnection): void {
  const progressOf =
    (stream: number) =>
    (progress: ReadingProgress): void =>
      void rpc.sendProgress(ReadingProgressed, stream, progress);
  rpc.onRequest(ContentsRequest, (params, token) =>
    answer(token, async (signal) => (await import('./contents/contents')).contents(params, signal)),
  );
  rpc.onRequest(StatisticsRequest, ({ stream, ...params }, token) =>
    answer(token, async (signal) => {
      const { statistics } = await import('./contents/statistics');
      return statistics(params, progressOf(stream), signal);
    }),
  );
  rpc.onRequest(ValuesRequest, (params, token) =>
    answer(token, async () => (await import('./contents/values')).values(params)),
  );
  rpc.onRequest(CompareRequest, ({ stream, ...params }, token) =>
    answer(token, async (signal) => {
      const { compare } = await import('./contents/compare');
      return compare(params, progressOf(stream), signal);
    }),
  );
}

/** Compares tuned weights with their base. */
function answerChanges(rpc: MessageConnection): void {
  rpc.onRequest(DifferenceRequest, ({ stream, ...params }, token) =>
    answer(token, async (signal) => {
      const { modelDifference } = await import('./spectra/modelDifference');
      return modelDifference(
        params,
        (progress) => void rpc.sendProgress(DifferenceProgressed, stream, progress),
        signal,
      );
    }),
  );
  rpc.onRequest(IntrudersRequest, ({ stream, ...params }, token) =>
    answer(token, async (signal) => {
      const { intruders } = await import('./spectra/intruders');
      return intruders(params, (progress) => void rpc.sendProgress(IntrudersProgressed, stream, progress), signal);
    }),
  );
  rpc.onRequest(BaseNormsRequest, ({ stream, ...params }, token) =>
    answer(token, async (signal) => {
      const { baseNorms } = await import('./spectra/baseNorms');
      return baseNorms(params, (progress) => void rpc.sendProgress(BaseNormsProgressed, stream, progress), signal);
    }),
  );
}
