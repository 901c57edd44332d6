// @ts-check
/** The themes the panels must look right in: the name in the settings, and the classes of a window and a webview under it. */
export const THEMES = Object.freeze({
  dark: {
    setting: 'Dark Modern',
    className: 'vscode-theme-defaults-themes-dark_modern-json',
    webviewClass: 'vscode-dark',
  },
  light: {
    setting: 'Light Modern',
    className: 'vscode-theme-defaults-themes-light_modern-json',
    webviewClass: 'vscode-light',
  },
  'high-contrast': {
    setting: 'Default High Contrast',
    className: 'vscode-theme-defaults-themes-hc_black-json',
    webviewClass: 'vscode-high-contrast',
  },
});

/** @typedef {keyof typeof THEMES} ThemeName */
