/** What a worker tells whoever started it over the channel that `Bun.spawn({ ipc })` opens. */
export interface UpReport {
  /** Name of a service that takes calls from now on. */
  readonly upService: string;
}

/** Reports a service that takes calls, if whoever started this process listens. */
export function reportUp(service: string): void {
  if (process.connected !== true) return;
  process.send?.({ upService: service } satisfies UpReport);
}
