import type { RunSnapshot } from '../../src/host/protocol/runPanel';
import { spanOf, type ViewState } from './viewState';

/** What the canvases show, as data attributes: where a test can read it. */
export function mirrorOf(snapshot: RunSnapshot, view: ViewState): Readonly<Record<string, string>> {
  const span = spanOf(view, snapshot);
  return {
    state: snapshot.facts.state,
    lastStep: String(snapshot.facts.step),
    points: String(snapshot.facts.points),
    runs: String(snapshot.runs.length),
    axis: view.axis,
    range: view.range.kind,
    from: String(span.from),
    to: String(span.to),
    loss: String(snapshot.figures.loss.last),
  };
}
