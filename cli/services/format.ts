/** Milliseconds as a person reads them: `0.31 ms`, `12 ms`, `1.2 s`; a dash for what is not known. */
export function formatMs(ms: number | null): string {
  if (ms === null) return "–";
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms >= 10 ? ms.toFixed(0) : ms.toFixed(2)} ms`;
}

/** Something per second: `0`, `0.3`, `12`, `1.2k`. */
export function formatRate(perSecond: number | null): string {
  if (perSecond === null) return "–";
  if (perSecond >= 1000) return `${(perSecond / 1000).toFixed(1)}k`;
  return perSecond === 0 || perSecond >= 10 ? perSecond.toFixed(0) : perSecond.toFixed(1);
}
