/** The gRPC service cannot listen where it is told to. */
export class GrpcAddressError extends Error {
  override readonly name = "GrpcAddressError";

  constructor(address: string, cause: Error) {
    // The library's error has the reason in its text only.
    const reason = cause.message.includes("EADDRINUSE") ? "it is in use" : cause.message;
    super(`gRPC cannot listen at ${address}: ${reason}; set gateway.spaceCloud.grpcPort to another port`, { cause });
  }
}
