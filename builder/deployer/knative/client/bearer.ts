import { DeployError } from "../../deploy-error.ts";

/** The header of a token. What no header can hold is refused here: others would quote it. */
export function bearer(token: string, origin: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return `Bearer ${token}`;
  const what = token === "" ? "is empty" : "holds what no token holds, such as spaces";
  throw new DeployError("unauthorized", `the token of ${origin} ${what}; log in again, or correct it`);
}
