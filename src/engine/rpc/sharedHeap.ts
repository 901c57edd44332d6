import { availableParallelism } from 'node:os';

/**
 * Settings of glibc's allocator, read from the environment when a process starts: freed memory stays with the process, and
 * large pieces come from the same heap as all others.
 *
 * An arena of ONNX Runtime belongs to one session, grows in powers of two and gives nothing back, and every program is a
 * session. From one heap they take by turns what each needs while it runs. By default glibc would hand every large piece
 * back to the system and fetch it again, page by page, which makes a step five times slower.
 */
const HEAP_SETTINGS = { MALLOC_MMAP_MAX_: '0', MALLOC_TRIM_THRESHOLD_: String(2 ** 40) } as const;

/**
 * What makes touching new memory cheaper: glibc asks for pages of 2 MiB where the system gives them on request
 * (`glibc.malloc.hugetlb=1`, from 2.35 on; older ones ignore it). GNU C Library manual, "Memory Allocation Tunables".
 */
const PAGE_SETTINGS = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' } as const;

/**
 * Threads take memory from as many heaps as compute at once, so that what one frees serves others. glibc's eight for each
 * processor keep apart what threads that are gone have freed; and of one heap alone, two threads that compute side by side
 * were in most processes a tenth slower (docs/results/performance.md).
 */
const HEAPS = Math.max(2, availableParallelism());

/**
 * The heap grows by 64 MiB at a time, from the first allocation on. In about half of all processes V8 would else reserve
 * its 512 MiB of addresses for code right behind a heap of 3 MiB, which then cannot grow: glibc would ask for a region of
 * its own for every large piece, and what is freed in one is of no use to a piece that fits none. That was 100 MiB of a run's
 * peak. Memory that nobody touches takes up none.
 */
const GROWTH_SETTINGS = { MALLOC_TOP_PAD_: String(64 << 20) } as const;

/** The environment that gives a process such a heap, where the system has one to give. A user's own settings go before. */
export function sharedHeapEnvironment(platform: NodeJS.Platform = process.platform): Readonly<Record<string, string>> {
  return platform === 'linux'
    ? { ...HEAP_SETTINGS, ...PAGE_SETTINGS, ...GROWTH_SETTINGS, MALLOC_ARENA_MAX: String(HEAPS) }
    : {};
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
