import { expect, test } from "vitest";
import { answersOf, startPeer } from "./peers.ts";
import { functionsModule, startSpaceCloud } from "./space-cloud.ts";

test.each(["0.18.2", "0.19.3"] as const)("space-api %s hears that there is no queue of events", async (version) => {
  await using cloud = await startSpaceCloud(functionsModule({}));
  const [answer] = await answersOf(startPeer(cloud, "queue-event", { version }));
  expect(answer).toEqual({ status: 404, data: { error: "This feature isn't enabled" } });
});
