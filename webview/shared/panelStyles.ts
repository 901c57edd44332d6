import { css } from 'lit';

/** The page of a panel that fills an editor: its margins, and its place for a word before there is something to show. */
export const panelStyles = css`
  :host {
    padding: 20px 0 32px;
    max-width: 1600px;
    margin: 0 auto;
  }
  .waiting {
    padding: 48px 0;
  }
`;
