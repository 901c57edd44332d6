// @ts-check
/** The themes the panels must look right in: the name in VS Code's list, and the classes of a window and a webview under it. */
export const THEMES = Object.freeze({
  dark: {
    label: 'Dark Modern',
    className: 'vscode-theme-defaults-themes-dark_modern-json',
    webviewClass: 'vscode-dark',
  },
  light: {
    label: 'Light Modern',
    className: 'vscode-theme-defaults-themes-light_modern-json',
    webviewClass: 'vscode-light',
  },
  'high-contrast': {
    label: 'Dark High Contrast',
    className: 'vscode-theme-defaults-themes-hc_black-json',
    webviewClass: 'vscode-high-contrast',
  },
});

/** @typedef {keyof typeof THEMES} ThemeName */
