/** What is asked of the hub, and how far a download is. */

export interface DownloadParams {
  /** Hub id: "org/name" or "org/name@revision". */
  readonly model: string;
}

export interface Download {
  /** The snapshot in the cache: a Hugging Face model folder. */
  readonly folder: string;
  /** The commit it is of. */
  readonly commit: string;
}

export type DownloadProgress =
  | {
      readonly kind: 'downloading';
      /** The file that is coming, and how many of its bytes are here. */
      readonly file: string;
      readonly bytes: number;
      readonly size: number;
      /** Of all files that are needed. */
      readonly done: number;
      readonly total: number;
    }
  /** Another process downloads the same model. */
  | { readonly kind: 'waiting' };
