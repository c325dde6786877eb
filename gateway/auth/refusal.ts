import { MeshError } from "../../mesh/errors.ts";

/** The error for a token that is not accepted. The text is public: it names neither the token nor a key. */
export function refusal(text: string, cause?: unknown): MeshError {
  return new MeshError("unauthenticated", text, { cause });
}
