/** The least of `window` that is needed. */
export interface AddressBar {
  readonly location: Pick<Location, "hash" | "pathname" | "search">;
  readonly history: Pick<History, "replaceState" | "state">;
}

/** Takes the code of a one-time link out of the address, where neither history nor bookmarks shall keep it. */
export function takeOneTimeCode({ location, history }: AddressBar): string | undefined {
  const code = new URLSearchParams(location.hash.slice(1)).get("code");
  if (code === null) return undefined;
  history.replaceState(history.state, "", location.pathname + location.search);
  return code === "" ? undefined : code;
}
