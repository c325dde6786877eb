/** The parts of the page. */
export const VIEWS = ["rules", "text", "findings", "history"] as const;

/** One of the parts. */
export type View = (typeof VIEWS)[number];

/** What of the rules is looked at, as it stands in the address. */
export interface RulesSearch {
  readonly view?: View;
  /** The entry that is open. */
  readonly service?: string;
  readonly function?: string;
  /** Where the cursor stands in the text: `12:5`. */
  readonly at?: string;
}

/** Reads a search; what makes no sense is left out. */
export function parseRulesSearch(search: Readonly<Record<string, unknown>>): RulesSearch {
  const { service, function: name, at } = search;
  const view = VIEWS.find((each) => each === search["view"]);
  return {
    ...(view !== undefined && view !== "rules" && { view }),
    ...(isText(service) && isText(name) && { service, function: name }),
    ...(isText(at) && /^\d+:\d+$/.test(at) && { at }),
  };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
