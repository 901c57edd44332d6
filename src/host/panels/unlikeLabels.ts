/** The labels, of which those that occur more than once become longer ones where there are any. */
export function unlikeLabels(
  labels: readonly string[],
  longer: (index: number) => string | undefined,
): readonly string[] {
  return labels.map((label, index) =>
    labels.indexOf(label) === labels.lastIndexOf(label) ? label : (longer(index) ?? label),
  );
}
