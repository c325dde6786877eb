import type { Subscription } from "../../../mesh/broker.ts";

/** Gives up subscriptions. Without the broker nobody confirms it; a connection that comes back does not bring them along. */
export async function giveUp(subscriptions: readonly Subscription[]): Promise<void> {
  await Promise.allSettled(subscriptions.map((subscription) => subscription.drain()));
}
