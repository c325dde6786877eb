import { join } from "node:path";
import type { CollectedSpan } from "./collector/collected-span.ts";
import { startCommand } from "./fmesh.ts";

/** A request that a collector took. */
export interface CollectedRequest {
  readonly encoding: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly spans: readonly CollectedSpan[];
}

/** A collector that runs as a process of its own. */
export interface Collector extends AsyncDisposable {
  readonly url: string;
  /** Everything it has taken so far. */
  requests(): CollectedRequest[];
  spans(): CollectedSpan[];
  /** Resolves with all spans as soon as they satisfy; rejects when the collector has ended before. */
  until(isEnough: (spans: readonly CollectedSpan[]) => boolean): Promise<CollectedSpan[]>;
  /** Kills it: whoever sends to it is refused from now on. */
  stop(): Promise<void>;
}

export interface CollectorOptions {
  /** How long it keeps whoever sends waiting for the answer. Default: not at all. */
  readonly delayMs?: number;
  /** Default: a free one. */
  readonly port?: number;
}

/** Starts a collector on loopback. */
export async function startCollector({ delayMs = 0, port = 0 }: CollectorOptions = {}): Promise<Collector> {
  const env = { COLLECTOR_DELAY_MS: String(delayMs), COLLECTOR_PORT: String(port) };
  const command = startCommand([process.execPath, join(import.meta.dirname, "collector/process.ts")], { env });
  await command.until(/\n/);
  const { url } = JSON.parse(command.output()) as { url: string };
  const requests = (): CollectedRequest[] =>
    command
      .output()
      .split("\n")
      .slice(1, -1)
      .map((line) => readRequest(line));
  const spans = (): CollectedSpan[] => requests().flatMap((request) => request.spans);
  const stop = async (): Promise<void> => void (await command.stop("SIGKILL"));
  return {
    url,
    requests,
    spans,
    async until(isEnough) {
      await command.until(() => isEnough(spans()));
      return spans();
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function readRequest(line: string): CollectedRequest {
  const read = JSON.parse(line, (key, value: unknown) => (key.endsWith("Nanos") ? BigInt(String(value)) : value)) as
    CollectedRequest | { readonly error: string };
  if ("error" in read) throw new Error(`the collector could not read what it was sent: ${read.error}`);
  return read;
}
