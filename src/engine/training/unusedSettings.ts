import type { Configuration } from '../../config/schema';

/** Sentences about settings that have no effect as things are; empty when all that is set counts. */
export function unusedSettings({ adapter, data, training }: Configuration): string[] {
  const { method } = adapter;
  const forLora = [
    ...(adapter.alpha === null ? [] : ['adapter.alpha']),
    ...(adapter.rankStabilised ? ['adapter.rankStabilised'] : []),
    ...(training.learningRateRatio === 1 ? [] : ['training.learningRateRatio']),
  ];
  const forMora = adapter.normalized ? ['adapter.normalized'] : [];
  const idle = (field: string, only: string): string =>
    `"${field}" is for ${only} only and does nothing with method ${method}; remove it.`;
  return [
    ...(method === 'lora' ? [] : forLora.map((field) => idle(field, 'LoRA'))),
    ...(method === 'mora' ? [] : forMora.map((field) => idle(field, 'MoRA'))),
    ...(training.earlyStopping !== null && (training.evaluateEvery === 0 || data.validation === 0)
      ? ['"training.earlyStopping" needs a validation loss, but nothing is evaluated, so the run will not stop early.']
      : []),
  ];
}
