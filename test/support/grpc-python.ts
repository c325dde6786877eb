import { existsSync } from "node:fs";

/** Debian's own Python: others on the machine do not have its packages. */
const PATH = "/usr/bin/python3";
const PACKAGES = "/usr/lib/python3/dist-packages";

/**
 * A Python that speaks gRPC by a library that is none of ours: `python3-grpcio` and `python3-protobuf`.
 * @throws Error with how to get it when it is missing
 */
export function grpcPython(): string {
  if (existsSync(PATH) && existsSync(`${PACKAGES}/grpc/__init__.py`) && existsSync(`${PACKAGES}/google/protobuf`)) {
    return PATH;
  }
  throw new Error(
    "Python's gRPC is not installed; run: apt-get install --no-install-recommends python3-grpcio python3-protobuf",
  );
}
