import { decodeBody, encodeBody } from "../mesh/body.ts";
import { withoutError } from "../mesh/http-call.ts";
import { newCallId } from "../mesh/ids.ts";
import { continueTrace } from "../mesh/trace.ts";
import type { MeshLink } from "./mesh-link.ts";
import type { RuleDeps } from "./rules/deps.ts";

/** How the rules of a project ask its functions: by calls of their own, which nobody records. */
export function askByRule(link: MeshLink, project: string): RuleDeps["call"] {
  return async ({ service, function: name }, params, claims, { deadlineMs, signal }) => {
    const id = newCallId();
    const reply = await link.send({
      address: { project, service, function: name },
      call: {
        id,
        requestId: id,
        trace: continueTrace(undefined, undefined, undefined),
        deadlineMs,
        claimsJson: JSON.stringify(claims),
        idempotencyKey: undefined,
        ...(await encodeBody(params)),
      },
      params: () => params,
      recordRule: undefined,
      isNamed: true,
      asker: { signal },
    });
    return await decodeBody(await withoutError(reply));
  };
}
