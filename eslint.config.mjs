import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import { importDirections } from './eslint/importDirections.mjs';
import { localisedTexts } from './eslint/localisedTexts.mjs';

export default defineConfig(
  globalIgnores(['dist/', 'node_modules/', 'test/output/', 'test/fixtures/', '.mora/', 'examples/']),
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: {
      mora: { rules: { 'import-directions': importDirections, 'localised-texts': localisedTexts } },
    },
    rules: {
      'mora/import-directions': 'error',
      'no-console': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      // `export default` names a thing at the import, so the same thing ends up with many names.
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Export by name.' }],
    },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-undef': 'off', // the compiler knows
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      // Numbers and booleans print as one expects; an object does not.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/restrict-plus-operands': ['error', { allowNumberAndString: true }],
      // `() => log(…)` is how callbacks are written.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Op tables and visitors hold methods on purpose; a class of static members is sometimes a namespace.
      '@typescript-eslint/no-extraneous-class': 'off',
      // An interface may promise a promise to callers whatever one implementation does.
      '@typescript-eslint/require-await': 'off',
      // `while (true)` with a return inside reads better than a flag.
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      // Typed arrays of many kinds are indexed by counters throughout the numerical code.
      '@typescript-eslint/prefer-for-of': 'off',
      // It asks for `!`, which no-non-null-assertion forbids. `array[i] as number` is the idiom in inner loops.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      '@typescript-eslint/array-type': 'off',
      // A message type and its one handler often differ only by a type argument, for the reader.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
    },
  },
  {
    files: ['src/host/**', 'webview/**'],
    rules: { 'mora/localised-texts': 'error' },
  },
  { files: ['src/cli/**'], rules: { 'no-console': 'off' } },
  {
    files: ['test/**', 'bench/**'],
    rules: {
      'no-console': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Expectations take matchers typed any.
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: { globals: globals.node },
    rules: { 'no-console': 'off' },
  },
  // Functions handed to Playwright run in the page.
  { files: ['test/**/*.mjs', 'bench/panels.mjs'], languageOptions: { globals: globals.browser } },
  {
    // Default exports by contract: of tools, and of files that are not code.
    files: ['eslint.config.mjs', 'vitest.config.mjs', 'webview/assets.d.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
);
