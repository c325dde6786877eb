/** Something that was done to a message, or to the broker. */
export interface FaultRecord {
  /** `fn.shop.stock.take#2` is the second message to that subject, `fn.shop.stock.take#2 reply` its answer; or `broker`. */
  readonly message: string;
  readonly fate: "lost" | "delayed" | "duplicated" | "lost with the broker" | "died" | "revived";
  /** Only of what was delayed. */
  readonly delayMs?: number;
}

/** A history for people to read, one line for each fault. */
export function historyText(seed: number, history: readonly FaultRecord[]): string {
  const lines = history.map(({ message, fate, delayMs }) => {
    return `  ${message}: ${fate}${delayMs === undefined ? "" : ` by ${delayMs} ms`}`;
  });
  return [`faults of seed ${seed}:${lines.length === 0 ? " none" : ""}`, ...lines].join("\n");
}
