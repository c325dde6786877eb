/** What is shown of a function, in this order. The first one is shown when an address names none. */
export const FUNCTION_TABS = [
  "overview",
  "code",
  "builds",
  "deploy",
  "versions",
  "logs",
  "invoke",
  "events",
  "settings",
] as const;
export type FunctionTab = (typeof FUNCTION_TABS)[number];
