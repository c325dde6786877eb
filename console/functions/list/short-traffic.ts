import type { StoredFunction } from "../../../mesh/function.ts";

/** Which versions get the calls, in few words: `v3`, `v3 90 %, v4 10 %`; `nobody yet` for one that is not deployed. */
export function shortTraffic({ status, url, traffic }: Pick<StoredFunction, "status" | "url" | "traffic">): string {
  if (status !== "deployed" && url === undefined) return "not deployed";
  const shares = Object.entries(traffic).filter(([, percent]) => percent > 0);
  const [only, another] = shares.toSorted(([, one], [, other]) => other - one);
  if (only === undefined) return "none";
  if (another === undefined) return `v${only[0]}`;
  return shares.map(([version, percent]) => `v${version} ${percent} %`).join(", ");
}
