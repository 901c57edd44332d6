/** Configurations are a few kilobytes. */
export const MOST_DOCUMENT_BYTES = 1 << 20;
