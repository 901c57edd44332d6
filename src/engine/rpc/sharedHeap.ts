/**
 * Settings of glibc's allocator, read from the environment when a process starts: freed memory stays with the process, and
 * large pieces come from the same heap as all others.
 *
 * An arena of ONNX Runtime belongs to one session, grows in powers of two and gives nothing back, and every program is a
 * session. From one heap they take by turns what each needs while it runs. By default glibc would hand every large piece
 * back to the system and fetch it again, page by page, which makes a step five times slower.
 */
const HEAP_SETTINGS = { MALLOC_MMAP_MAX_: '0', MALLOC_TRIM_THRESHOLD_: String(2 ** 40) } as const;

/** The environment that gives a process such a heap, where the system has one to give. */
export function sharedHeapEnvironment(platform: NodeJS.Platform = process.platform): Readonly<Record<string, string>> {
  return platform === 'linux' ? HEAP_SETTINGS : {};
}

/** Whether this process has such a heap: it was started with the settings, and runs on glibc, which knows them. */
export const hasSharedHeap = lazily(() => {
  const isSet = Object.entries(HEAP_SETTINGS).every(([name, value]) => process.env[name] === value);
  return isSet && usesGlibc();
});

function usesGlibc(): boolean {
  const { header } = process.report.getReport() as { readonly header?: { readonly glibcVersionRuntime?: string } };
  return header?.glibcVersionRuntime !== undefined;
}

function lazily<T>(compute: () => T): () => T {
  let found: { readonly value: T } | undefined;
  return () => (found ??= { value: compute() }).value;
}
