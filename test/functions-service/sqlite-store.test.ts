import { describe } from "vitest";
import { storeConformance } from "./store-conformance.ts";
import { sqlitePlace } from "./store-place.ts";

describe("the store in SQLite", () => {
  storeConformance(sqlitePlace);
});
