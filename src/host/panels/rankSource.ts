import { basename } from 'node:path';
import { MORA_MODES, modeOfType } from '../../config/mode';
import type { ModuleSpectrum } from '../../run/spectra';
import {
  MEASURES,
  type Cell,
  type Measure,
  type SourceFacts,
  type Spectrum,
  type TrendPoint,
} from '../protocol/rankView';

/** The spectra of one run or one adapter, by step. */
export class RankSource {
  private readonly steps = new Map<number, Map<string, ModuleSpectrum>>();

  constructor(
    readonly path: string,
    readonly kind: SourceFacts['kind'],
    readonly name: string = basename(path),
  ) {}

  /** Takes in a module at a step; the last one told of a place counts. */
  add(step: number, spectrum: ModuleSpectrum): void {
    let modules = this.steps.get(step);
    if (modules === undefined) {
      modules = new Map();
      this.steps.set(step, modules);
    }
    modules.set(place(spectrum.layer, spectrum.module), spectrum);
  }

  clear(): void {
    this.steps.clear();
  }

  get isEmpty(): boolean {
    return this.steps.size === 0;
  }

  sortedSteps(): number[] {
    return [...this.steps.keys()].sort((a, b) => a - b);
  }

  cells(step: number): Cell[] {
    return [...(this.steps.get(step)?.values() ?? [])].map(cell);
  }

  spectrum(step: number, layer: number, module: string): Spectrum | null {
    const key = place(layer, module);
    const spectrum = this.steps.get(step)?.get(key);
    if (spectrum === undefined) return null;
    return {
      singularValues: Float64Array.from(spectrum.singularValues),
      trend: this.sortedSteps().flatMap((at) => {
        const value = this.steps.get(at)?.get(key);
        return value === undefined ? [] : [{ step: at, effectiveRank: value.effectiveRank }];
      }),
    };
  }

  facts(): SourceFacts {
    const steps = this.sortedSteps();
    const last = this.cells(steps.at(-1) ?? 0);
    return {
      path: this.path,
      name: this.name,
      kind: this.kind,
      method: describeMethod(last),
      steps,
      trend: steps.map((step): TrendPoint => ({ step, effectiveRank: mean(this.cells(step)) })),
      extents: this.extents(),
    };
  }

  private extents(): SourceFacts['extents'] {
    const cells = [...this.steps.keys()].flatMap((step) => this.cells(step));
    const extent = (measure: Measure): readonly [number, number] => {
      let least = Infinity;
      let greatest = -Infinity;
      for (const { [measure]: value } of cells) {
        if (value < least) least = value;
        if (value > greatest) greatest = value;
      }
      return least <= greatest ? [least, greatest] : [0, 1];
    };
    return Object.fromEntries(MEASURES.map((measure) => [measure, extent(measure)])) as SourceFacts['extents'];
  }
}

/** LoRA's B·A with r columns has (dIn + dOut)·r parameters and rank at most r. */
export function loraBound({ parameters, dIn, dOut }: Pick<ModuleSpectrum, 'parameters' | 'dIn' | 'dOut'>): number {
  return Math.max(1, Math.min(dIn, dOut, Math.round(parameters / (dIn + dOut))));
}

/** "MoRA (rotation, r̂ 54)"; modules may differ in r̂, which is then a range. */
export function describeMethod(cells: readonly Cell[]): string {
  const first = cells[0];
  switch (first?.method) {
    case undefined:
      return '';
    case 'full':
      return 'Full fine-tuning';
    case 'lora':
      return `LoRA (r ${rangeOf(cells.map(({ rank }) => rank))})`;
    case 'mora': {
      const mode = first.moraType === undefined ? undefined : modeOfType(first.moraType);
      const title = mode === undefined ? '' : `${MORA_MODES[mode].title.toLowerCase()}, `;
      return `MoRA (${title}r̂ ${rangeOf(cells.map(({ rHat }) => rHat))})`;
    }
  }
}

function cell({ singularValues: _, ...figures }: ModuleSpectrum): Cell {
  const { moraType, rHat, rank, ...rest } = figures;
  const bound = loraBound(figures);
  return {
    ...rest,
    ...(moraType !== undefined && { moraType }),
    ...(rHat !== undefined && { rHat }),
    ...(rank !== undefined && { rank }),
    loraBound: bound,
    multiple: figures.effectiveRank / bound,
  };
}

function rangeOf(values: readonly (number | undefined)[]): string {
  const known = values.filter((value) => value !== undefined);
  const least = Math.min(...known);
  const greatest = Math.max(...known);
  return least === greatest ? String(least) : `${least} to ${greatest}`;
}

function mean(cells: readonly Cell[]): number {
  return cells.reduce((sum, { effectiveRank }) => sum + effectiveRank, 0) / Math.max(1, cells.length);
}

function place(layer: number, module: string): string {
  return `${layer} ${module}`;
}
