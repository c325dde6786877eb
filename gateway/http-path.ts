import { FETCH_FUNCTION } from "../mesh/http.ts";
import type { CallPath } from "./call-path.ts";
import { readHttpCall, succeedHttpCall } from "./http-request.ts";
import { problemResponse } from "./problem.ts";

/** `/v1/http/{project}/{service}`, however it was escaped: the names in it hold no slash. */
const PREFIX = /^(?:\/[^/]+){4}/;

/**
 * The path of services that are fetch handlers: the request goes to them as it is, but for its path, which begins behind
 * the service's name, and for the token that the rule has asked for. Rules see `{ method, path, query }` as the params.
 */
export const httpPath: CallPath = {
  route: "/v1/http/:project/:service/*",
  methods: ["ALL"],
  holdsBody: "never",
  address: () => ({ function: FETCH_FUNCTION }),
  read: (request, body, by) => readHttpCall(request, body, { ...by, prefix: PREFIX }),
  succeed: succeedHttpCall,
  fail: problemResponse,
};
