import { describe } from "vitest";
import { usePostgres } from "../support/postgres.ts";
import { storeConformance } from "./store-conformance.ts";
import { postgresPlace } from "./store-place.ts";

describe("the store in PostgreSQL", () => {
  const server = usePostgres();
  storeConformance(() => postgresPlace(server.url));
});
