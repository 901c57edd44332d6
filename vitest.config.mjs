import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Sources do not lie beside the built programs that the engine starts; tests bundle them.
const alias = [
  {
    find: /^(?:\.\.?\/)+programPath$/,
    replacement: fileURLToPath(new URL('test/support/programPath.ts', import.meta.url)),
  },
];

// Forks, not threads: onnxruntime-node and tokenizers are native and keep state for the whole process.
/** @type {import('vitest/config').TestUserConfig} */
const shared = { pool: 'forks', environment: 'node' };

export default defineConfig({
  test: {
    passWithNoTests: true,
    projects: [
      {
        resolve: { alias },
        test: { ...shared, name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: 60_000 },
      },
      {
        resolve: { alias },
        test: {
          ...shared,
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          // A file here may train a small model, and a machine may have two slow cores.
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
