import { css } from 'lit';

/** Eleven steps of heat for scores, the same in the grid and in its legend. At most so much that text keeps a contrast of 4.5. */
export const heatStyles = css`
  :host {
    --heat: var(--vscode-charts-purple);
  }
  .heat0 {
    --at: 0%;
  }
  .heat1 {
    --at: 5%;
  }
  .heat2 {
    --at: 9%;
  }
  .heat3 {
    --at: 14%;
  }
  .heat4 {
    --at: 18%;
  }
  .heat5 {
    --at: 23%;
  }
  .heat6 {
    --at: 27%;
  }
  .heat7 {
    --at: 32%;
  }
  .heat8 {
    --at: 36%;
  }
  .heat9 {
    --at: 41%;
  }
  .heat10 {
    --at: 45%;
  }
`;
