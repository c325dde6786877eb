import { apiVersionOf, resourcesOf } from "./resources.ts";
import { noSuchPath } from "./status.ts";

/** Answers what a server says of itself. Knative's groups are there when Knative is. */
export function answerDiscovery(pathname: string, hasKnative: boolean): Response | undefined {
  if (pathname === "/version") {
    return Response.json({ major: "1", minor: "32", gitVersion: "v1.32.2", platform: "linux/amd64" });
  }
  if (pathname === "/livez" || pathname === "/readyz") return new Response("ok");
  const [, apiVersion] = /^\/apis?\/(v1|[^/]+\/v1)$/.exec(pathname) ?? [];
  if (apiVersion === undefined) return undefined;
  const resources = resourcesOf(apiVersion);
  if (resources.length === 0 || (apiVersion.includes("knative") && !hasKnative)) throw noSuchPath();
  return Response.json({
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: apiVersionOf(resources[0] ?? { group: "", version: "v1", plural: "", kind: "", namespaced: false }),
    resources: resources.map(({ plural: name, kind, namespaced }) => ({ name, singularName: "", namespaced, kind })),
  });
}
