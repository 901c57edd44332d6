/**
 * What `begin` makes of each item, in the order of the items, with up to `depth` of them under way at once. An error of
 * an item, or of `items` itself, is thrown when its turn comes, after all that stands before it.
 */
export async function* pipelined<Item, Result>(
  items: AsyncGenerator<Item>,
  depth: number,
  begin: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  const underWay: Promise<Result>[] = [];
  let failure: { readonly reason: unknown } | undefined;
  let more = true;
  try {
    do {
      while (more && underWay.length < depth) {
        const next = await items.next().catch((reason: unknown) => {
          failure = { reason };
          return undefined;
        });
        more = next?.done === false;
        if (next?.done !== false) break;
        const begun = begin(next.value);
        // Whoever comes to its turn hears of its failure; nobody may.
        begun.catch(() => undefined);
        underWay.push(begun);
      }
      const first = underWay.shift();
      if (first !== undefined) yield await first;
    } while (more || underWay.length > 0);
    if (failure !== undefined) throw failure.reason;
  } finally {
    await items.return(undefined);
  }
}
