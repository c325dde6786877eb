import type { DeployedFunction, DeployedVersion, DeployedLine } from "../../mesh/deployment.ts";
import { humanLine } from "../console-log.ts";
import { clock } from "../terminal/clock.ts";
import { printable } from "../terminal/printable.ts";
import { trafficText } from "./functions.ts";
import { type Listing, printFacts, printLines, printTable } from "./print.ts";

export const DEPLOYMENTS_PATH = "/api/v1/deployments";

export const DEPLOYMENT_LISTING: Listing<DeployedFunction> = {
  columns: [
    { title: "FUNCTION", cell: ({ label }) => printable(label) },
    { title: "STATE", cell: ({ state }) => state },
    { title: "TRAFFIC", cell: ({ traffic }) => trafficText(traffic) },
    { title: "INSTANCES", align: "right", leaveOut: 2, cell: ({ versions }) => total(versions) },
    { title: "HOME", leaveOut: 1, cell: ({ home }) => home },
    { title: "REASON", leaveOut: 3, cell: why },
  ],
  isBad: ({ state }) => state === "failed",
  empty: "nothing is deployed; `fmesh functions deploy` deploys a function",
};

/** Prints how a function is deployed, and each of its versions. */
export function printDeployment(deployed: DeployedFunction): void {
  const { label, state, home, url, traffic, versions } = deployed;
  printFacts({ function: label, state, reason: why(deployed), home, url });
  printLines([""]);
  const listing: Listing<DeployedVersion> = {
    columns: [
      { title: "VERSION", align: "right", cell: ({ version }) => String(version) },
      { title: "CALLS", align: "right", cell: ({ version }) => `${traffic[version] ?? 0} %` },
      { title: "STATE", cell: (version) => version.state },
      {
        title: "INSTANCES",
        align: "right",
        cell: ({ instances }) => (instances === undefined ? "–" : String(instances)),
      },
      { title: "REASON", leaveOut: 3, cell: why },
      { title: "IMAGE", leaveOut: 1, cell: ({ image }) => printable(image) },
    ],
    isBad: (version) => version.state === "failed",
    empty: "it has no versions yet",
  };
  printTable(listing, versions);
}

/** A line that a function wrote, for a terminal. */
export function lineText({ at, version, instance, text }: DeployedLine): string {
  const lines = humanLine(text).split("\n");
  return [`${clock(at)}  v${version}  ${instance}  ${lines[0] ?? ""}`, ...lines.slice(1)].map(printable).join("\n");
}

function why({ reason, message }: Pick<DeployedVersion, "reason" | "message">): string {
  return printable([reason, message].filter((part) => part !== undefined).join(": "));
}

function total(versions: readonly DeployedVersion[]): string {
  const known = versions.flatMap(({ instances }) => instances ?? []);
  return known.length === 0 ? "–" : String(known.reduce((sum, count) => sum + count, 0));
}
