import * as l10n from '@vscode/l10n';
import { html, svg, type TemplateResult } from 'lit';
import type { FormModel } from './formModel';
import { schedulePath, type Schedule } from './schedule';
import { numberAt, textAt } from './values';

const WIDTH = 72;
const HEIGHT = 18;

/** When the number of steps follows from data that was not read yet: the shape is the same. */
const USUAL_STEPS = 1000;

/** The learning rate over the run, as small as a word. */
export function scheduleView(model: FormModel): TemplateResult {
  const { values } = model;
  const steps = numberAt(values, 'training.steps') ?? model.dataPlan.plan?.data?.totalSteps ?? USUAL_STEPS;
  const text = textAt(values, 'training.schedule');
  const schedule: Schedule = text === 'constant' || text === 'linear' ? text : 'cosine';
  const path = schedulePath(schedule, numberAt(values, 'training.warmup') ?? 0, steps, WIDTH, HEIGHT);
  return html`<svg
    class="schedule"
    width=${WIDTH + 4}
    height=${HEIGHT + 4}
    viewBox="-2 -2 ${WIDTH + 4} ${HEIGHT + 4}"
    role="img"
    aria-label=${l10n.t('Learning rate over the run: warm-up, then {0}', schedule)}
  >
    <title>${l10n.t('Learning rate over the run')}</title>
    ${svg`<path class="area" d="${path}L${WIDTH},${HEIGHT}L0,${HEIGHT}Z"></path><path class="curve" d=${path}></path>`}
  </svg>`;
}
