/** What a worker tells whoever started it over the channel that `Bun.spawn({ ipc })` opens. */
export interface ServiceReport {
  readonly service: string;
  /** Whether it takes new calls. */
  readonly takesCalls: boolean;
}

/** Sends a report, if whoever started this process listens. */
export function reportService(report: ServiceReport): void {
  if (process.connected) process.send?.(report);
}
