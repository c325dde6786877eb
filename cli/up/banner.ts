import type { GatewayConfig } from "../../gateway/config.ts";
import { consoleLink } from "../console/link.ts";
import type { RunningMesh } from "./mesh.ts";

export interface BannerFacts {
  readonly token: string;
  /** What may be changed while it runs. */
  readonly live: string;
}

/** What a person sees once the mesh runs: where it is, a token, and a call to paste. */
export function banner(mesh: RunningMesh, config: GatewayConfig, { token, live }: BannerFacts): string {
  const [first, ...more] = mesh.brokerAddresses;
  const lines = [
    "",
    "Functions Mesh is up.",
    "",
    `  gateway   ${mesh.gatewayUrl}`,
    ...(mesh.grpcAddress === undefined ? [] : [`  gRPC      ${mesh.grpcAddress}`]),
    `  broker    ${first}`,
    ...more.map((address) => `            ${address}`),
    `  token     ${token}`,
    `  console   ${consoleLink(mesh.gatewayUrl, mesh.admin.issue())}`,
    "",
    ...exampleCall(mesh, config, token),
    `A saved change of ${live} is live at once. Ctrl-C stops everything.`,
    "",
  ];
  return lines.join("\n");
}

/** A call of the first function that has an example: on the 2019 path, whose body needs no content type. */
function exampleCall({ gatewayUrl }: RunningMesh, { projects }: GatewayConfig, token: string): string[] {
  for (const { id, services } of projects) {
    for (const [service, { functions }] of Object.entries(services)) {
      for (const [name, { example }] of Object.entries(functions)) {
        if (example === undefined) continue;
        const body = JSON.stringify({ params: example });
        const url = `${gatewayUrl}/v1/api/${id}/functions/${service}/${name}`;
        return ["Call it:", "", `  curl ${url} -H ${quote(`Authorization: Bearer ${token}`)} -d ${quote(body)}`, ""];
      }
    }
  }
  return [];
}

/** For a POSIX shell: single quotes, with those inside spelled out. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
