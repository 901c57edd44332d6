/** The colours of the editor's theme that a canvas draws with; a canvas knows no CSS variables. */
export interface Theme {
  readonly isDark: boolean;
  readonly isHighContrast: boolean;
  readonly background: string;
  readonly foreground: string;
  readonly muted: string;
  readonly grid: string;
  readonly cursor: string;
  readonly font: string;
  /** One for each run; the first is the run's own. */
  readonly series: readonly string[];
}

const SERIES = ['blue', 'orange', 'green', 'purple', 'yellow', 'red'] as const;

export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string, otherwise: string): string => style.getPropertyValue(name).trim() || otherwise;
  const { classList } = document.body;
  const isHighContrast = classList.contains('vscode-high-contrast') || classList.contains('vscode-high-contrast-light');
  const foreground = color('--vscode-foreground', '#cccccc');
  return {
    isDark: !classList.contains('vscode-light') && !classList.contains('vscode-high-contrast-light'),
    isHighContrast,
    background: color('--vscode-editor-background', '#1f1f1f'),
    foreground,
    muted: isHighContrast ? foreground : color('--vscode-descriptionForeground', '#9d9d9d'),
    grid: translucent(foreground, isHighContrast ? 0.22 : 0.1),
    cursor: translucent(foreground, 0.55),
    font: color('--vscode-font-family', 'sans-serif'),
    series: SERIES.map((name) => opaque(color(`--vscode-charts-${name}`, foreground))),
  };
}

/** Calls back when the theme changes: VS Code then rewrites the variables on <html> and the classes of <body>. */
export function onThemeChange(listener: () => void): { dispose(): void } {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
  return { dispose: () => observer.disconnect() };
}

/** The theme's orange is that of search matches, which lets the text through; a curve must not. */
function opaque(color: string): string {
  if (/^#[0-9a-f]{8}$/i.test(color)) return color.slice(0, 7);
  const parts = /^rgba\((.*),[^,]*\)$/.exec(color);
  return parts === null ? color : `rgb(${parts[1] ?? ''})`;
}

export function translucent(color: string, alpha: number): string {
  return `color-mix(in srgb, ${color} ${Math.round(100 * alpha)}%, transparent)`;
}
