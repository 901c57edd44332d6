// @ts-check
/** The themes the panels must look right in: the name in VS Code's list, and the class of a window under it. */
export const THEMES = Object.freeze({
  dark: { label: 'Dark Modern', className: 'vscode-theme-defaults-themes-dark_modern-json' },
  light: { label: 'Light Modern', className: 'vscode-theme-defaults-themes-light_modern-json' },
  'high-contrast': { label: 'Dark High Contrast', className: 'vscode-theme-defaults-themes-hc_black-json' },
});

/** @typedef {keyof typeof THEMES} ThemeName */
