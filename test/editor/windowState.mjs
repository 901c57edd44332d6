// @ts-check
/**
 * What a window in a browser has written of its state, which is what it opens with the next time. VS Code writes it every
 * few seconds, later where the processors are busy, and not when its page is closed.
 *
 * @param {import('playwright-core').Page} page
 * @returns {Promise<string[]>} the values of the state of its workspace: JSON, mostly
 */
export function savedState(page) {
  return page.evaluate(async () => {
    /** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
    const answer = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const names = (await indexedDB.databases()).flatMap(({ name = '' }) =>
      /^vscode-web-state-db-/.test(name) ? [name] : [],
    );
    const values = [];
    for (const name of names.filter((each) => !each.endsWith('-global'))) {
      const database = await answer(indexedDB.open(name));
      for (const store of database.objectStoreNames)
        values.push(...(await answer(database.transaction(store).objectStore(store).getAll())));
      database.close();
    }
    return values.map(String);
  });
}
