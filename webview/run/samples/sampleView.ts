/** How one looks at the samples; kept over a reload. */
export interface SampleView {
  readonly isOpen: boolean;
  /** All prompts at one step, or one prompt at all steps. */
  readonly mode: 'step' | 'time';
  /** Null follows the newest. */
  readonly step: number | null;
  readonly prompt: number;
}

export const FIRST_SAMPLE_VIEW: SampleView = { isOpen: true, mode: 'step', step: null, prompt: 0 };

/** The view that a saved state describes; what it lacks or garbles is as at first. */
export function restoredSampleView(saved: unknown): SampleView {
  if (typeof saved !== 'object' || saved === null) return FIRST_SAMPLE_VIEW;
  const { isOpen, mode, step, prompt } = saved as Partial<Record<keyof SampleView, unknown>>;
  return {
    isOpen: isOpen !== false,
    mode: mode === 'time' ? 'time' : 'step',
    step: isCount(step) ? step : null,
    prompt: isCount(prompt) ? prompt : 0,
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
