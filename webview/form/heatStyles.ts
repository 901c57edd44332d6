import { css } from 'lit';

/** Eleven steps of heat for scores, the same in the grid and in its legend. At most so much that text stays legible. */
export const heatStyles = css`
  :host {
    --heat: var(--vscode-charts-purple);
  }
  .heat0 {
    --at: 0%;
  }
  .heat1 {
    --at: 6%;
  }
  .heat2 {
    --at: 11%;
  }
  .heat3 {
    --at: 16%;
  }
  .heat4 {
    --at: 22%;
  }
  .heat5 {
    --at: 28%;
  }
  .heat6 {
    --at: 33%;
  }
  .heat7 {
    --at: 38%;
  }
  .heat8 {
    --at: 44%;
  }
  .heat9 {
    --at: 50%;
  }
  .heat10 {
    --at: 55%;
  }
`;
