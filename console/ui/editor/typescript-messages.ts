/** What the editor asks of the worker: a method, and what it takes. */
export interface WorkerQuestion {
  readonly id: number;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** What the worker answers. */
export type WorkerAnswer =
  | { readonly id: number; readonly result: unknown; readonly error?: undefined }
  | { readonly id: number; readonly error: string };
