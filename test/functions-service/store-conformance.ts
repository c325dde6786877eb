import { afterEach, beforeEach, describe } from "vitest";
import type { Store } from "../../functions-service/store.ts";
import { deploymentConformance } from "./store-conformance/deployments.ts";
import { eventSummaryConformance } from "./store-conformance/event-summary.ts";
import { eventConformance } from "./store-conformance/events.ts";
import { functionConformance } from "./store-conformance/functions.ts";
import { migrationConformance } from "./store-conformance/migrations.ts";
import { jobConformance } from "./store-conformance/jobs.ts";
import { journalConformance } from "./store-conformance/journal.ts";
import { pagingConformance } from "./store-conformance/paging.ts";
import { restartConformance } from "./store-conformance/restart.ts";
import { sinkConformance } from "./store-conformance/sinks.ts";
import type { StorePlace } from "./store-place.ts";

/** What a part of the suite gets: an empty store before each test, and more connections to it. */
export interface StoreUnderTest {
  readonly store: Store;
  readonly place: StorePlace;
}

/** What every store has to do. Each test has a database of its own. */
export function storeConformance(makePlace: () => Promise<StorePlace>): void {
  describe.each([
    ["functions", functionConformance],
    ["events", eventConformance],
    ["summaries of events", eventSummaryConformance],
    ["the journal", journalConformance],
    ["sinks", sinkConformance],
    ["jobs", jobConformance],
    ["deployments", deploymentConformance],
    ["paging", pagingConformance],
    ["restarts", restartConformance],
  ])("%s", (_name, part) => {
    let current: StoreUnderTest | undefined;
    beforeEach(async () => {
      const place = await makePlace();
      current = { place, store: await place.open() };
    });
    afterEach(() => current?.place.close());
    part(() => {
      if (current === undefined) throw new Error("the store is opened before each test");
      return current;
    });
  });
  describe("migrations", () => {
    migrationConformance(makePlace);
  });
}
