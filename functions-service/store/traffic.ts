import { MeshError } from "../../mesh/errors.ts";
import type { Traffic } from "../../mesh/function.ts";

/**
 * The versions that calls are sent to.
 * @throws MeshError `invalid_request` for what names no versions, and for percentages that do not add up to 100.
 */
export function versionsIn(traffic: Traffic): readonly number[] {
  const shares = Object.entries(traffic);
  const wrong = shares.find(([version, percent]) => !/^[1-9]\d{0,8}$/.test(version) || !isPercent(percent));
  if (wrong !== undefined) {
    throw new MeshError(
      "invalid_request",
      `traffic ${JSON.stringify(wrong.join(": "))} is not valid; write {"<version>": <percent>}`,
    );
  }
  const sum = shares.reduce((total, [, percent]) => total + percent, 0);
  if (sum !== 100) throw new MeshError("invalid_request", `the traffic's percentages add up to ${sum}; make it 100`);
  return shares.map(([version]) => Number(version));
}

/** @throws MeshError `invalid_request` naming a version that is not there. */
export function refuseMissing(wanted: readonly number[], there: readonly { readonly version: number }[]): void {
  const missing = wanted.find((version) => !there.some((row) => row.version === version));
  if (missing !== undefined) throw new MeshError("invalid_request", `there is no version ${missing} to send calls to`);
}

function isPercent(percent: number): boolean {
  return Number.isInteger(percent) && percent >= 0 && percent <= 100;
}
