import type { AdapterParameters, DeltaStructure, ParameterName } from './structure';

/** The values of one parameter. Throws when they are missing or do not fill the parameter's shape. */
export function parameterOf(
  shapes: DeltaStructure['parameterShapes'],
  parameters: AdapterParameters,
  name: ParameterName,
): Float32Array {
  const shape = shapes.get(name);
  const values = parameters[name];
  if (shape === undefined || values === undefined) throw new Error(`Parameter ${name} of the adapter is missing.`);
  const [rows, cols] = shape;
  if (values.length !== rows * cols) {
    throw new Error(`Parameter ${name} of the adapter has ${values.length} values, not ${rows} × ${cols}.`);
  }
  return values;
}

/** How many numbers matrices of these shapes hold together. */
export function countParameters(shapes: DeltaStructure['parameterShapes']): number {
  let count = 0;
  for (const [rows, cols] of shapes.values()) count += rows * cols;
  return count;
}
