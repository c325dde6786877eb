import { join } from "node:path";
import {
  type Client,
  type ClientDuplexStream,
  type ClientUnaryCall,
  type Metadata,
  type ServiceDefinition,
  type ServiceError,
  credentials,
  makeClientConstructor,
} from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import type {
  FunctionsPayload,
  FunctionsRequest,
  FunctionsResponse,
} from "../../../gateway/space-cloud/grpc/messages.ts";

/** A client of Space Cloud, as its .proto file makes it. */
export interface SpaceCloudClient extends Client {
  Call(
    request: Partial<FunctionsRequest>,
    onEnd: (error: ServiceError | null, response: FunctionsResponse) => void,
  ): ClientUnaryCall;
  Call(
    request: Partial<FunctionsRequest>,
    metadata: Metadata,
    onEnd: (error: ServiceError | null, response: FunctionsResponse) => void,
  ): ClientUnaryCall;
  Service(): ClientDuplexStream<Partial<FunctionsPayload>, FunctionsPayload>;
}

const FILE = join(import.meta.dirname, "../../../gateway/space-cloud/grpc/space-cloud.proto");

/** A client with a connection of its own. Whoever opens it closes it. */
export function connect(address: string): SpaceCloudClient {
  const { "proto.SpaceCloud": service } = loadSync(FILE, { longs: Number, defaults: true });
  const SpaceCloud = makeClientConstructor(service as ServiceDefinition, "SpaceCloud");
  return new SpaceCloud(address, credentials.createInsecure(), {
    "grpc.use_local_subchannel_pool": 1,
  }) as unknown as SpaceCloudClient;
}

/** How a call ended, with the result as text. */
export interface Ended {
  readonly status: number;
  readonly error: string;
  readonly result: string;
}

/** Calls `service/function`; params are sent as JSON unless they are bytes. Rejects with the transport's status. */
export function callGrpc(
  client: SpaceCloudClient,
  name: string,
  { params = null, ...rest }: Partial<Omit<FunctionsRequest, "params">> & { readonly params?: unknown } = {},
): Promise<Ended> {
  const [service = "", ...more] = name.split("/");
  const bytes = params instanceof Uint8Array ? params : Buffer.from(JSON.stringify(params));
  return new Promise((resolve, reject) => {
    client.Call({ service, function: more.join("/"), params: bytes, ...rest }, (error, response) => {
      if (error !== null) return reject(error);
      resolve({ ...response, result: new TextDecoder().decode(response.result) });
    });
  });
}
