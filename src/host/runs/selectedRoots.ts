/** The runs that a command of the tree was given: all selected rows where the one it was called on is among them. */
export function selectedRoots(argument: unknown, selection: unknown): readonly string[] {
  const rows: readonly unknown[] = Array.isArray(selection) && selection.includes(argument) ? selection : [argument];
  return [...new Set(rows.flatMap((row) => rootOf(row)))];
}

function rootOf(row: unknown): string[] {
  if (typeof row !== 'object' || row === null || !('kind' in row) || row.kind !== 'run') return [];
  return 'root' in row && typeof row.root === 'string' ? [row.root] : [];
}
