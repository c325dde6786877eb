import { stringify } from "yaml";
import type { RuledServices } from "../api/admin-types.ts";

/** Rules as people would write them into the file. */
export function printServices(services: RuledServices): string {
  const plain = Object.entries(services).map(([service, { functions }]) => [
    service,
    Object.fromEntries(Object.entries(functions).map(([name, { words: _, ...entry }]) => [name, entry])),
  ]);
  return stringify(Object.fromEntries(plain), { lineWidth: 100 });
}
