import type { Entry } from "./services.ts";

/** What an entry is called. */
export function entryTitle({ service, function: name }: Entry): string {
  const whose = service === "default" ? "services without rules" : service;
  if (name !== "default") return service === "default" ? `${name} of ${whose}` : `${service}.${name}`;
  return service === "default" ? "All other services" : `All other functions of ${whose}`;
}

/** What a function of the list is called. */
export function functionTitle(name: string): string {
  return name === "default" ? "all other functions" : name;
}

/** What a service of the list is called. */
export function serviceTitle(name: string): string {
  return name === "default" ? "All other services" : name;
}
