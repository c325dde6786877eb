import { type Fields, fieldsOf, isFields, type KubeObject, listOf } from "../objects.ts";

/**
 * Fills in what a Service leaves open, as the webhook does. A template of the same given name as before is left as it is:
 * what was left open then and filled in is missing now, and so the template has changed.
 */
export function withDefaults(service: KubeObject, before: KubeObject | undefined): KubeObject {
  const spec = { ...service.spec };
  const template = fieldsOf(spec, "template");
  const name = fieldsOf(template, "metadata")["name"];
  const isSameName = name !== undefined && name === fieldsOf(before?.spec, "template", "metadata")["name"];
  if (!isSameName) spec["template"] = { ...template, spec: revisionDefaults(fieldsOf(template, "spec")) };
  spec["traffic"] ??= [{ latestRevision: true, percent: 100 }];
  spec["traffic"] = listOf(spec["traffic"]).map((target) => ({
    ...target,
    latestRevision: target["latestRevision"] ?? target["revisionName"] === undefined,
  }));
  const by = { "serving.knative.dev/creator": "admin", "serving.knative.dev/lastModifier": "admin" };
  const annotations = { ...by, ...service.metadata.annotations };
  return { ...service, spec, metadata: { ...service.metadata, annotations } };
}

function revisionDefaults(spec: Fields): Fields {
  return {
    containerConcurrency: 0,
    timeoutSeconds: 300,
    enableServiceLinks: false,
    ...spec,
    containers: listOf(spec["containers"]).map(containerDefaults),
  };
}

function containerDefaults(container: Fields): Fields {
  const probe = isFields(container["readinessProbe"]) ? container["readinessProbe"] : {};
  const handler = "httpGet" in probe || "exec" in probe || "grpc" in probe ? {} : { tcpSocket: { port: 0 } };
  return {
    name: "user-container",
    resources: {},
    ...container,
    readinessProbe: { successThreshold: 1, ...handler, ...probe },
  };
}
