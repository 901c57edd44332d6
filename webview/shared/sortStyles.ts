import { css } from 'lit';

/** The head of a column that sorts by it: a button that looks like its neighbours, and brighter where it is chosen. */
export const sortStyles = css`
  .sort {
    font: inherit;
    color: inherit;
    background: none;
    border: 0;
    padding: 0;
    cursor: pointer;
  }
  .sort:hover,
  .sort[aria-pressed='true'],
  [aria-sort='ascending'] .sort,
  [aria-sort='descending'] .sort {
    color: var(--vscode-foreground);
  }
`;
