import { basename } from 'node:path';
import * as l10n from '@vscode/l10n';
import { countIntruders } from '../../analysis/intruders';
import { countAbove, energyRank } from '../../analysis/rankMeasures';
import { MORA_MODES, modeOfType } from '../../config/mode';
import { compareModules } from '../../config/moduleOrder';
import { counted } from '../../language/counted';
import type { ModuleSpectrum } from '../../run/spectra';
import {
  MEASURES,
  type Cell,
  type CellMap,
  type Extents,
  type Measure,
  type Settings,
  type SourceFacts,
  type Spectrum,
  type TrendPoint,
  type Work,
} from '../protocol/rankView';

/** A value for each of the largest published models' matrices over a hundred checkpoints; what is more comes from no run. */
const MOST_VALUES = 100_000_000;

/** Sentences that anybody reads. */
const MOST_WARNINGS = 20;

/** A module at a step, its singular values descending. */
interface Known extends Omit<ModuleSpectrum, 'singularValues'> {
  readonly singularValues: Float64Array;
}

/** The spectra of one run, one adapter or one difference, by step, and what is found about them later. */
export class RankSource {
  /** What goes on for it. */
  work: Work | null = null;
  /** Modules are missing that the difference has. */
  isPartial = false;
  /** When a run began, in ISO 8601; undefined for other sources, and until its status can be read. */
  startedAt: string | undefined;
  private readonly steps = new Map<number, Map<string, Known>>();
  /** Of a module at a step: the largest cosine of each leading direction with those of the base. */
  private readonly cosines = new Map<string, readonly number[]>();
  private readonly baseNorms = new Map<string, number>();
  private readonly warnings = new Set<string>();
  private skipped = 0;
  private skippedOf = '';
  private values = 0;
  private extentsKnown: { readonly of: string; readonly extents: Extents } | undefined;

  constructor(
    readonly path: string,
    readonly kind: SourceFacts['kind'],
    readonly name: string = basename(path),
  ) {}

  /** Takes in a module at a step; the last one told of a place counts. Whatever wrote it, the values become sorted. */
  add(step: number, spectrum: ModuleSpectrum): void {
    this.extentsKnown = undefined;
    let modules = this.steps.get(step);
    const key = place(spectrum.layer, spectrum.module);
    const before = modules?.get(key)?.singularValues.length ?? 0;
    if (this.values + spectrum.singularValues.length - before > MOST_VALUES) {
      this.warn(l10n.t('{0}: has more singular values than the view holds; the rest is left out.', this.path));
      return;
    }
    if (modules === undefined) {
      modules = new Map();
      this.steps.set(step, modules);
    }
    this.values += spectrum.singularValues.length - before;
    const singularValues = Float64Array.from(spectrum.singularValues, Math.abs).sort().reverse();
    modules.set(key, { ...spectrum, singularValues });
  }

  clear(): void {
    this.steps.clear();
    this.cosines.clear();
    this.values = 0;
    this.skipped = 0;
    this.extentsKnown = undefined;
  }

  /** Counts a line of `file` that is no spectrum. */
  skip(file: string): void {
    this.skipped++;
    this.skippedOf = file;
  }

  warn(sentence: string): void {
    if (this.warnings.size < MOST_WARNINGS) this.warnings.add(sentence);
  }

  /** What is no longer so; false where nobody said it. */
  withdraw(sentence: string): boolean {
    return this.warnings.delete(sentence);
  }

  setCosines(step: number, name: string, cosines: readonly number[]): void {
    this.cosines.set(`${step} ${name}`, cosines);
    this.extentsKnown = undefined;
  }

  setBaseNorm(name: string, norm: number): void {
    this.baseNorms.set(name, norm);
    this.extentsKnown = undefined;
  }

  get isEmpty(): boolean {
    return this.steps.size === 0;
  }

  /** Whether there are modules whose base is not known to the source. */
  get lacksNorms(): boolean {
    return [...this.steps.values()].some((modules) =>
      [...modules.values()].some(({ name, baseNorm }) => baseNorm === undefined && !this.baseNorms.has(name)),
    );
  }

  /** Full names of the modules of a step, or the one at a place, of which fewer than `top` directions were looked at. */
  withoutCosines(step: number, at: { readonly layer: number; readonly module: string } | null, top: number): string[] {
    const modules = [...(this.steps.get(step)?.values() ?? [])];
    const wanted =
      at === null ? modules : modules.filter((each) => each.layer === at.layer && each.module === at.module);
    return wanted
      .filter(({ name, dIn, dOut }) => {
        const known = this.cosines.get(`${step} ${name}`);
        return known === undefined || known.length < Math.min(top, 32, dIn, dOut);
      })
      .map(({ name }) => name);
  }

  sortedSteps(): number[] {
    return [...this.steps.keys()].sort((a, b) => a - b);
  }

  /** In the model's order, whatever that of the files. */
  cells(step: number, settings: Settings): Cell[] {
    const known = [...(this.steps.get(step)?.values() ?? [])].sort(compareModules);
    return known.map((each) => this.cell(step, each, settings));
  }

  map(step: number, settings: Settings): CellMap {
    return { cells: this.cells(step, settings), extents: this.extents(settings) };
  }

  spectrum(step: number, layer: number, module: string): Spectrum | null {
    const key = place(layer, module);
    const spectrum = this.steps.get(step)?.get(key);
    if (spectrum === undefined) return null;
    return {
      singularValues: spectrum.singularValues,
      trend: this.sortedSteps().flatMap((at) => {
        const value = this.steps.get(at)?.get(key);
        return value === undefined ? [] : [{ step: at, effectiveRank: value.effectiveRank }];
      }),
    };
  }

  /** `name` is what it is called among those that are shown with it. */
  facts(name = this.name): SourceFacts {
    const steps = this.sortedSteps();
    const last = [...(this.steps.get(steps.at(-1) ?? 0)?.values() ?? [])];
    return {
      path: this.path,
      name,
      kind: this.kind,
      method: this.kind === 'difference' ? l10n.t('Difference of two models') : describeMethod(last),
      steps,
      trend: steps.map((step): TrendPoint => ({
        step,
        effectiveRank: mean([...(this.steps.get(step)?.values() ?? [])]),
      })),
      warnings: [...this.skippedWarning(), ...this.warnings],
      isPartial: this.isPartial,
      work: this.work,
    };
  }

  private skippedWarning(): string[] {
    if (this.skipped === 0) return [];
    return [
      counted(
        this.skipped,
        l10n.t('{1}: {0} line could not be read (cut, not a number, or of another kind) and is left out.'),
        l10n.t('{1}: {0} lines could not be read (cut, not a number, or of another kind) and are left out.'),
        this.skippedOf,
      ),
    ];
  }

  private cell(step: number, { singularValues, ...figures }: Known, settings: Settings): Cell {
    const { moraType, rHat, rank, residual, baseNorm, merges: _, live: __, ...rest } = figures;
    const bound = loraBound(figures);
    const norm = baseNorm ?? this.baseNorms.get(figures.name);
    const cosines = this.cosines.get(`${step} ${figures.name}`);
    const largest = singularValues[0] ?? 0;
    const total = largest === 0 ? 0 : (figures.frobenius / largest) ** 2;
    return {
      ...rest,
      ...(moraType !== undefined && { moraType }),
      ...(rHat !== undefined && { rHat }),
      ...(rank !== undefined && { rank }),
      ...(residual !== undefined && { residual, known: singularValues.length }),
      countAbove: countAbove(singularValues, settings.threshold),
      energyRank: energyRank(singularValues, settings.energyShare, total),
      energyShare: energyOf(singularValues, bound, figures.frobenius),
      relativeNorm: norm === undefined || norm === 0 ? null : figures.frobenius / norm,
      intruders: cosines === undefined ? null : countIntruders(cosines, settings.top, settings.epsilon),
      loraBound: bound,
      multiple: figures.effectiveRank / bound,
    };
  }

  private extents(settings: Settings): Extents {
    const of = JSON.stringify(settings);
    if (this.extentsKnown?.of !== of) this.extentsKnown = { of, extents: this.measured(settings) };
    return this.extentsKnown.extents;
  }

  private measured(settings: Settings): Extents {
    const found = new Map<Measure, [number, number]>();
    for (const step of this.steps.keys()) {
      for (const cell of this.cells(step, settings)) {
        for (const measure of MEASURES) {
          const value = cell[measure];
          if (value === null || !Number.isFinite(value)) continue;
          const extent = found.get(measure);
          if (extent === undefined) found.set(measure, [value, value]);
          else {
            if (value < extent[0]) extent[0] = value;
            if (value > extent[1]) extent[1] = value;
          }
        }
      }
    }
    return Object.fromEntries(MEASURES.map((measure) => [measure, found.get(measure) ?? [0, 1]])) as unknown as Extents;
  }
}

/** Σ_{i ≤ k} σᵢ² over ‖ΔW‖². */
function energyOf(singularValues: Float64Array, k: number, norm: number): number {
  if (norm === 0) return 0;
  let held = 0;
  for (let i = 0; i < Math.min(k, singularValues.length); i++) held += ((singularValues[i] as number) / norm) ** 2;
  return Math.min(1, held);
}

/** LoRA's B·A with r columns has (dIn + dOut)·r parameters and rank at most r. */
export function loraBound({ parameters, dIn, dOut }: Pick<ModuleSpectrum, 'parameters' | 'dIn' | 'dOut'>): number {
  return Math.max(1, Math.min(dIn, dOut, Math.round(parameters / (dIn + dOut))));
}

/** "MoRA (Rotation, r̂ 54)"; modules may differ in r̂, which is then a range. */
export function describeMethod(
  cells: readonly Pick<ModuleSpectrum, 'method' | 'moraType' | 'rHat' | 'rank'>[],
): string {
  const first = cells[0];
  switch (first?.method) {
    case undefined:
      return '';
    case 'full':
      return l10n.t('Full fine-tuning');
    case 'lora':
      return `LoRA (r ${rangeOf(cells.map(({ rank }) => rank))})`;
    case 'mora': {
      const mode = first.moraType === undefined ? undefined : modeOfType(first.moraType);
      const title = mode === undefined ? '' : `${l10n.t(MORA_MODES[mode].title)}, `;
      return `MoRA (${title}r̂ ${rangeOf(cells.map(({ rHat }) => rHat))})`;
    }
  }
}

function rangeOf(values: readonly (number | undefined)[]): string {
  let least = Infinity;
  let greatest = 0;
  for (const value of values) {
    if (value === undefined) continue;
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  return least === greatest ? String(least) : l10n.t('{0} to {1}', least, greatest);
}

function mean(cells: readonly Pick<Cell, 'effectiveRank'>[]): number {
  return cells.reduce((sum, { effectiveRank }) => sum + effectiveRank, 0) / Math.max(1, cells.length);
}

function place(layer: number, module: string): string {
  return `${layer} ${module}`;
}
