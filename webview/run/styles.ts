import { css } from 'lit';

export const runStyles = css`
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 24px;
  }
  .title {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    gap: 4px 12px;
    min-width: 0;
  }
  .title h1 {
    overflow-wrap: anywhere;
  }
  .actions {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px;
    margin-left: auto;
  }
  .badge {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    align-self: center;
    font-size: var(--small);
    line-height: 18px;
    padding: 0 8px 0 7px;
    border-radius: 10px;
    color: var(--vscode-foreground);
    border: 1px solid color-mix(in srgb, var(--state) 50%, transparent);
    background: color-mix(in srgb, var(--state) 14%, transparent);
    --state: var(--vscode-charts-blue);
  }
  .badge i,
  .live i {
    width: 7px;
    height: 7px;
    border-radius: 50%;
    background: var(--state);
  }
  .badge.running i,
  .live i {
    animation: pulse 2s ease-in-out infinite;
  }
  @keyframes pulse {
    50% {
      opacity: 0.35;
    }
  }
  .paused,
  .stopping,
  .stopped {
    --state: var(--vscode-charts-yellow) !important;
  }
  .finished {
    --state: var(--vscode-charts-green) !important;
  }
  .failed {
    --state: var(--vscode-charts-red) !important;
  }
  .interrupted {
    --state: var(--orange) !important;
  }
  .unknown {
    --state: var(--muted) !important;
  }

  .progress {
    margin-top: 16px;
  }
  .place {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 20px;
    margin-top: 8px;
    font-size: 0.923em;
  }
  .place b {
    font-weight: 500;
    color: var(--vscode-foreground);
  }

  .notice {
    margin-top: 16px;
  }
  .notice p + p {
    margin-top: 2px;
    opacity: 0.85;
  }

  .figures {
    display: grid;
    grid-template-columns: repeat(6, minmax(0, 1fr));
    margin-top: 20px;
    border-bottom: var(--hairline);
  }
  .figures > div {
    padding: 12px 16px 10px;
    border-left: var(--hairline);
    border-top: var(--hairline);
    min-width: 0;
  }
  .figures > div:nth-child(6n + 1) {
    border-left: 0;
    padding-left: 0;
  }
  @media (max-width: 980px) {
    .figures {
      grid-template-columns: repeat(3, minmax(0, 1fr));
    }
    .figures > div:nth-child(3n + 1) {
      border-left: 0;
      padding-left: 0;
    }
    .hint {
      display: none !important;
    }
  }
  @media (max-width: 520px) {
    .figures {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
    .figures > div:nth-child(2n) {
      border-left: var(--hairline);
      padding-left: 16px;
    }
    .figures > div:nth-child(2n + 1) {
      border-left: 0;
      padding-left: 0;
    }
  }
  .figures dt {
    font-size: var(--small);
    color: var(--muted);
    white-space: nowrap;
  }
  .figures dd {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 8px;
  }
  .figures .value {
    font-size: 1.385em;
    font-weight: 600;
    line-height: 28px;
    letter-spacing: -0.01em;
    white-space: nowrap;
  }
  .figures .best {
    font-size: var(--small);
    color: var(--muted);
    min-height: 1.4em;
    white-space: nowrap;
  }
  .sparkline {
    color: var(--vscode-charts-blue);
    flex: 0 1 56px;
    min-width: 0;
    opacity: 0.9;
  }

  .toolbar {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 16px;
    margin-top: 20px;
  }
  .tools {
    gap: 4px;
  }
  .tools .toggle {
    padding: 0 6px;
  }
  .smoothing {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    font-size: 0.923em;
  }
  .smoothing input {
    width: 96px;
  }
  .smoothing output {
    width: 2.4em;
  }
  .live {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    font-size: 0.923em;
    --state: var(--vscode-charts-green);
  }
  button.live {
    color: var(--vscode-button-foreground);
    background: var(--vscode-button-background);
    border-color: var(--vscode-button-border, transparent);
  }
  button.live:hover {
    color: var(--vscode-button-foreground);
    background: var(--vscode-button-hoverBackground);
  }

  .legend {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 4px 16px;
    margin-top: 12px;
    font-size: 0.923em;
  }
  .legend span {
    display: inline-flex;
    align-items: center;
    gap: 6px;
  }
  .swatch {
    display: inline-block;
    width: 14px;
    height: 3px;
    border-radius: 1.5px;
    vertical-align: middle;
  }
  .swatch.dashed {
    background-image: linear-gradient(90deg, currentColor 60%, transparent 0);
    background-size: 6px 2px;
    height: 2px;
    width: 18px;
    border-radius: 0;
  }
  .triangle {
    width: 0;
    height: 0;
    border: 4px solid transparent;
    border-bottom: 6px solid var(--muted);
    border-top: 0;
  }
  .diamond {
    width: 7px;
    height: 7px;
    transform: rotate(45deg);
  }
  .hairline {
    height: 12px;
    border-left: 1px dotted var(--muted);
  }
  .remove {
    border: 0;
    padding: 0 2px;
    color: var(--muted);
    background: none;
    cursor: pointer;
    border-radius: 3px;
    line-height: 1;
  }
  .remove:hover {
    color: var(--vscode-foreground);
    background: var(--vscode-toolbar-hoverBackground);
  }
  .hint {
    margin-left: auto;
    color: var(--muted);
    font-size: var(--small);
  }

  .main {
    position: relative;
    margin-top: 4px;
  }
  .main mora-curve-chart {
    height: clamp(260px, 42vh, 480px);
  }
  .small-charts {
    display: grid;
    grid-template-columns: repeat(4, minmax(0, 1fr));
    gap: 20px 24px;
    margin-top: 20px;
  }
  @media (max-width: 1100px) {
    .small-charts {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
  }
  @media (max-width: 560px) {
    .small-charts {
      grid-template-columns: minmax(0, 1fr);
    }
  }
  .small-charts figure {
    margin: 0;
    min-width: 0;
  }
  .small-charts figcaption {
    display: flex;
    justify-content: space-between;
    font-size: 0.923em;
    padding: 0 8px 0 0;
  }
  .small-charts figcaption b {
    font-weight: 500;
  }
  .small-charts mora-curve-chart {
    height: 136px;
  }

  .tooltip {
    position: absolute;
    top: 12px;
    pointer-events: none;
    z-index: 1;
    padding: 8px 12px 6px;
    border-radius: 4px;
    color: var(--vscode-editorHoverWidget-foreground, var(--vscode-foreground));
    background: var(--vscode-editorHoverWidget-background, var(--vscode-editor-background));
    border: 1px solid var(--vscode-editorHoverWidget-border, var(--line));
    box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
    white-space: nowrap;
  }
  .tooltip .where {
    margin-bottom: 4px;
  }
  .tooltip b {
    font-weight: 600;
  }
  .tooltip th,
  .tooltip td {
    border: 0;
    padding: 1px 0 1px 16px;
  }
  .tooltip table {
    width: 100%;
  }
  .tooltip th:first-child {
    padding-left: 0;
  }

  .tables {
    display: flex;
    flex-wrap: wrap;
    gap: 24px 64px;
    margin-top: 24px;
    padding-top: 16px;
    border-top: var(--hairline);
  }
  .tables h2 {
    margin-bottom: 8px;
  }
  .tables .wide {
    flex-basis: 100%;
  }
  .tables td {
    max-width: 320px;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .tables section {
    max-height: 480px;
    overflow: auto;
  }
  .best-cell,
  .best-row > * {
    font-weight: 600;
  }
`;
