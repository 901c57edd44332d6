/** What a picture is drawn from, one by one. */
export type Parts = readonly unknown[];

/** Whether two pictures are drawn from the same, and so are the same. */
export function areSame(some: Parts, others: Parts): boolean {
  return some.length === others.length && some.every((part, index) => Object.is(part, others[index]));
}
