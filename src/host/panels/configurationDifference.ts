import type { ConfigurationDifference } from '../protocol/runPanel';

/**
 * The fields in which configurations differ, in the order of their first appearance: "training.learningRate" with the
 * value of each as JSON, null where one lacks it. Lists are compared whole.
 */
export function configurationDifferences(configurations: readonly unknown[]): ConfigurationDifference[] {
  const flat = configurations.map((configuration) => new Map(leaves(configuration, '')));
  const fields = new Set(flat.flatMap((map) => [...map.keys()]));
  return [...fields]
    .map((field) => ({ field, values: flat.map((map) => map.get(field) ?? null) }))
    .filter(({ values }) => values.some((value) => value !== values[0]));
}

function* leaves(value: unknown, path: string): Generator<readonly [field: string, value: string]> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [key, member] of Object.entries(value)) yield* leaves(member, path === '' ? key : `${path}.${key}`);
  } else if (value !== undefined && path !== '$schema') {
    yield [path, typeof value === 'string' ? value : JSON.stringify(value)];
  }
}
