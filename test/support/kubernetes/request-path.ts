import { findResource, type Resource } from "./resources.ts";

/** What a path of the API means. */
export interface ApiPath {
  readonly resource: Resource;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/** Reads `/api/v1/namespaces/shop/pods/adder/log` and its like; `undefined` for what is no resource. */
export function readPath(pathname: string): ApiPath | undefined {
  const parts = pathname.split("/").slice(1).map(decodeURIComponent);
  const isCore = parts[0] === "api";
  const apiVersion = isCore ? parts[1] : parts.slice(1, 3).join("/");
  const rest = parts.slice(isCore ? 2 : 3);
  let namespace: string | undefined;
  // `/namespaces/shop` is the namespace itself, and `/namespaces/shop/pods` something inside.
  if (rest[0] === "namespaces" && rest.length > 2) [, namespace] = rest.splice(0, 2);
  const [plural, name, subresource] = rest;
  if (apiVersion === undefined || plural === undefined) return undefined;
  const resource = findResource({ apiVersion, plural });
  if (resource === undefined) return undefined;
  return {
    resource,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    ...(subresource !== undefined && { subresource }),
  };
}
