import { FUNCTION_TABS, type FunctionTab } from "./tab-names.ts";

/** What the list shows, as it stands in the address. */
export interface FunctionsSearch {
  /** Part of a label or description, or of what a list of jobs says. */
  readonly find?: string;
  /** Jobs instead of functions. */
  readonly view?: "jobs";
  /** A function is being made: the template it begins with, or `choose`. */
  readonly create?: string;
}

/** What is shown of a function, as it stands in the address. */
export interface FunctionSearch {
  readonly tab?: FunctionTab;
  /** The version that is looked at. */
  readonly version?: number;
  /** The version that it is compared with. */
  readonly compare?: number;
  /** The job that is looked at. */
  readonly job?: string;
  /** A text that is searched for. */
  readonly find?: string;
}

/** Reads the search of the list; what makes no sense is left out. */
export function parseFunctionsSearch({ find, view, create }: Readonly<Record<string, unknown>>): FunctionsSearch {
  return {
    ...(isText(find) && { find }),
    ...(view === "jobs" && { view }),
    ...(isText(create) && { create }),
  };
}

/** Reads the search of a function; what makes no sense is left out. */
export function parseFunctionSearch(search: Readonly<Record<string, unknown>>): FunctionSearch {
  const { version, compare, job, find } = search;
  const tab = FUNCTION_TABS.find((each) => each === search["tab"]);
  return {
    ...(tab !== undefined && tab !== "overview" && { tab }),
    ...(isVersion(version) && { version }),
    ...(isVersion(compare) && { compare }),
    ...(isText(job) && { job }),
    ...(isText(find) && { find }),
  };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isVersion(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}
