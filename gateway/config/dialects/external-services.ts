import type { Findings } from "../findings.ts";
import { type SourceNode, entryOf, isPresent, keyPlace, mapEntries, withValue } from "../source-node.ts";
import { convertEntry } from "./function-services.ts";

/**
 * v0.13 and later called services by HTTP: `externalServices.<service>.{url, endpoints.<endpoint>.{path, rule}}`. Their
 * rules are kept; the calls go to workers.
 */
export function convertExternalServices(services: SourceNode, findings: Findings): SourceNode {
  if (!isPresent(services)) return withValue(services, new Map());
  return mapEntries(services, (service) => {
    const url = entryOf(service, "url");
    if (isPresent(url)) {
      findings.warning(keyPlace(url), "the url is not used: calls go to the workers that serve this service");
    }
    const endpoints = entryOf(service, "endpoints");
    if (isPresent(endpoints)) {
      const functions = mapEntries(endpoints, (endpoint) => convertEntry(endpoint, findings));
      return withValue(service, new Map([["functions", functions]]));
    }
    if (isPresent(service) && !(service.value instanceof Map)) return service;
    findings.warning(keyPlace(service), 'the service has no endpoints, so the service "default" speaks for it');
    return undefined;
  });
}
