import type { Digest } from "../oci.ts";
import type { Registry } from "../registry.ts";

/** Where an image is. */
export interface ImageSource {
  readonly registry: Registry;
  readonly repository: string;
  readonly digest: Digest;
}
