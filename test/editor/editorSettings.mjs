// @ts-check
/**
 * User settings under which a test finds a quiet window. On first start VS Code's chat side bar,
 * welcome page and terminal take the focus and close the command palette that a test has opened.
 *
 * @type {Readonly<Record<string, unknown>>}
 */
export const QUIET_SETTINGS = Object.freeze({
  'chat.disableAIFeatures': true,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.welcomePage.experimentalOnboarding': false,
  'workbench.tips.enabled': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': 'off',
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
});
