import { fileURLToPath } from "node:url";
import type { ServiceDefinition } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

const FILE = fileURLToPath(new URL("../../space-cloud/grpc/space-cloud.proto", import.meta.url));

/** The service of space-cloud.proto: what is empty or missing in a message is there as an empty value. */
export function spaceCloudService(): ServiceDefinition {
  const { "proto.SpaceCloud": service } = loadSync(FILE, { longs: Number, defaults: true });
  // What a .proto file defines under the name of a service is one.
  return service as ServiceDefinition;
}
