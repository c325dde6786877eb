/** The gRPC service cannot listen where it is told to. */
export class GrpcAddressError extends Error {
  override readonly name = "GrpcAddressError";

  constructor({ host, port }: { readonly host: string; readonly port: number }, cause: Error) {
    // The library's error has the reason in its text only.
    const text = cause.message.includes("EADDRINUSE")
      ? `port ${port} on ${host}, for gRPC, is in use; stop what uses it, or set gateway.spaceCloud.grpcPort to another`
      : `gRPC cannot be served at port ${port} on ${host}: ${cause.message}`;
    super(text, { cause });
  }
}
