import type { DeployedLine } from "../../mesh/deployment.ts";
import { ApiClient } from "../api/api-client.ts";
import { EventFeed } from "../events/event-feed.ts";
import type { GatewayOptions } from "../gateway-access.ts";

export interface FollowedLines {
  /** How many of the past. */
  readonly lines: string;
  /** Only of this version. */
  readonly version: string | undefined;
  readonly options: GatewayOptions;
  /** They cannot be followed for a while; told once. */
  readonly onBroken: () => void;
}

/** After a break so many are asked for again, and those that were told are left out. */
const REMEMBERED = 1000;

/** What a deployed function writes, also over a mesh that is started again. @throws Failure when it cannot be followed. */
export async function* followLines(
  path: string,
  { lines, version, options, onBroken }: FollowedLines,
  signal: AbortSignal,
): AsyncGenerator<DeployedLine, void> {
  const newest: string[] = [];
  let known = new Map<string, number>();
  let isFirst = true;
  const feed = new EventFeed({
    after: undefined,
    // A mesh that was started again may be elsewhere, and a token does not live long.
    ask: async (lastEventId, asking) => {
      const api = await ApiClient.open(options);
      const query = { version, lines: isFirst ? lines : String(REMEMBERED) };
      return api.follow(path, query, { lastEventId, signal: asking });
    },
    onConnected() {
      isFirst = false;
      known = counted(newest);
    },
    onBroken,
  });
  for await (const messages of feed.batches(signal)) {
    for (const { data } of messages) {
      const times = known.get(data) ?? 0;
      if (times > 0) {
        known.set(data, times - 1);
        continue;
      }
      newest.push(data);
      if (newest.length > REMEMBERED) newest.shift();
      yield JSON.parse(data) as DeployedLine;
    }
  }
}

/** How often each stands there: the same may be written more than once in a millisecond. */
function counted(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}
