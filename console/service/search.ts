/** What of a service is looked at, as it stands in the address. */
export interface ServiceSearch {
  /** The function that is open. */
  readonly function?: string;
}

/** Reads a search; what makes no sense is left out. */
export function parseServiceSearch({ function: name }: Readonly<Record<string, unknown>>): ServiceSearch {
  return typeof name === "string" && name !== "" ? { function: name } : {};
}
