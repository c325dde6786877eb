import { MeshError } from "../mesh/errors.ts";
import { FETCH_FUNCTION } from "../mesh/http.ts";
import { FUNCTIONS_SERVICE } from "../mesh/names.ts";
import type { CallPath } from "./call-path.ts";
import { readHttpCall, succeedHttpCall } from "./http-request.ts";
import { problemResponse } from "./problem.ts";

/** Names the project of a request to the functions service. */
const PROJECT_HEADER = "X-Fmesh-Project";

/**
 * The functions service's HTTP API: a fetch handler that sees the path as it is. The project stands in a header, which may be
 * left out when there is only one.
 */
export const apiPath: CallPath = {
  route: "/api/*",
  methods: ["ALL"],
  holdsBody: "never",
  address({ headers }, { onlyProject }) {
    const project = headers.get(PROJECT_HEADER) ?? onlyProject;
    if (project === undefined) {
      throw new MeshError(
        "invalid_request",
        `there is more than one project; name one in the header ${PROJECT_HEADER}`,
      );
    }
    return { project, service: FUNCTIONS_SERVICE, function: FETCH_FUNCTION };
  },
  read: readHttpCall,
  succeed: succeedHttpCall,
  fail: problemResponse,
};
