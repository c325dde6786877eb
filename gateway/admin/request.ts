import type { Context } from "hono";
import * as v from "valibot";
import { MeshError } from "../../mesh/errors.ts";
import { bearerToken } from "../auth/bearer-token.ts";
import { takeBody } from "../body.ts";
import type { AdminAuth } from "./admin-auth.ts";
import { type Administrator, maySee } from "./administrator.ts";

/** A configuration, and what JSON adds to it. */
const MAX_BYTES = 11 * 1024 * 1024;

/** Who asks. @throws MeshError `unauthenticated` */
export function whoAsks(c: Context, auth: AdminAuth): Promise<Administrator & { readonly expiresAt: string }> {
  return auth.verify(bearerToken(c.req.header("Authorization")));
}

/** @throws MeshError `forbidden` for whoever only sees. */
export function mustChange({ user, role }: Administrator): void {
  if (role !== "admin") throw new MeshError("forbidden", `${JSON.stringify(user)} may see, but not change`);
}

/** @throws MeshError `forbidden` for whoever may see some projects only. */
export function mustSeeAll({ user, projects }: Administrator): void {
  if (projects === undefined) return;
  throw new MeshError("forbidden", `${JSON.stringify(user)} may see some projects only, and this is about all`);
}

/** @throws MeshError `forbidden` */
export function mustSee(who: Administrator, project: string): void {
  if (maySee(who, project)) return;
  const [user, id] = [who.user, project].map((text) => JSON.stringify(text));
  throw new MeshError("forbidden", `${user} may not see the project ${id}`);
}

/** The JSON of a request, whatever it says to be. @throws MeshError `invalid_request`, `payload_too_large` */
export async function readJson<Schema extends v.GenericSchema>(
  request: Request,
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  const { payload } = await takeBody(request, { maxBytes: MAX_BYTES, inlineBytes: MAX_BYTES });
  const parsed = v.safeParse(schema, parseJson(payload));
  if (parsed.success) return parsed.output;
  throw new MeshError("invalid_request", "the body does not hold what is needed", {
    issues: parsed.issues.map((issue) => ({
      path: (issue.path ?? []).map(({ key }) => (typeof key === "number" ? key : String(key))),
      // The library's own texts would show values, which may be secrets.
      message: issue.message.startsWith("Invalid ") ? `must be ${issue.expected ?? "something else"}` : issue.message,
    })),
  });
}

/** What a change is based on. @throws MeshError, status 428 */
export function ifMatch(c: Context): string {
  const header = c.req.header("If-Match")?.trim();
  if (header === undefined || header === "") {
    const message = "say what the change is based on: send the ETag that came with it as If-Match";
    throw new MeshError("invalid_request", message, { status: 428 });
  }
  return header.replace(/^(?:W\/)?"(.*)"$/, "$1");
}

function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch (cause) {
    // The engine's message quotes the text, which may hold a password.
    throw new MeshError("invalid_request", "the body is not JSON", { cause });
  }
}
