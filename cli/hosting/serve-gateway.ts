import type { GatewayConfig } from "../../gateway/config.ts";
import { type RunningGateway, startGateway } from "../../gateway/runtime/bun.ts";
import { GrpcAddressError } from "../../gateway/runtime/grpc/address-error.ts";
import { Failure } from "../failure.ts";

/**
 * Starts the gateway.
 * @throws Failure for what the operator can mend: an address that is taken.
 */
export async function serveGateway(
  config: GatewayConfig,
  options: Parameters<typeof startGateway>[1],
): Promise<RunningGateway> {
  try {
    return await startGateway(config, options);
  } catch (error) {
    if (error instanceof GrpcAddressError) throw new Failure(error.message, { cause: error });
    const { host, port } = config.gateway;
    if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
      throw new Failure(`port ${port} on ${host} is in use; stop what uses it, or set gateway.port to another`, {
        cause: error,
      });
    }
    throw error;
  }
}
