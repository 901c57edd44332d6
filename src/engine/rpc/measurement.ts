import type { Device } from '../../config/devices';

/** What real training steps take on this machine. */

export interface MeasureParams {
  /** Content of the configuration document (parsed JSON, not yet validated). */
  readonly configuration: unknown;
  /** Absolute path of the document, for relative paths and for error messages. */
  readonly file: string;
}

/** What real training steps of a configuration took on this machine. */
export interface StepMeasurement {
  /** Median of the steps that were timed. Seconds. */
  readonly seconds: number;
  readonly fastest: number;
  readonly slowest: number;
  /** How many steps were timed. */
  readonly steps: number;
  /** The step before them, which compiles programs for the first shapes. Seconds. */
  readonly firstSeconds: number;
  /** Tokens of a timed step in the mean. */
  readonly tokens: number;
  /** Steps of the whole run. */
  readonly totalSteps: number;
  /** What a run would compute on. */
  readonly device: Device;
  /** Resident memory of the engine's process at its highest while it loaded and trained. Bytes. */
  readonly peakBytes: number;
}

/** How far the measuring of steps is along. */
export interface MeasureProgress {
  /** "loading the model, layer 3 of 30" */
  readonly activity: string;
  /** Share of the steps that are done, from 0 to 1. */
  readonly share: number;
}
