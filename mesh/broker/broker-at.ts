import { UNIX_PROTOCOL } from "./address.ts";
import type { DistantBroker, natsBroker } from "./nats-bun.ts";

/** As {@link natsBroker}, for processes that are waited for: loads no more than the URL needs. */
export async function brokerAt(options: Parameters<typeof natsBroker>[0]): Promise<DistantBroker> {
  if (options.url.startsWith(UNIX_PROTOCOL)) {
    const { UnixBroker } = await import("./unix.ts");
    return new UnixBroker(options);
  }
  const { natsBroker: broker } = await import("./nats-bun.ts");
  return broker(options);
}
