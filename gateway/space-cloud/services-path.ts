import type { CallPath } from "../call-path.ts";
import { spaceCloudAnswer } from "./answer.ts";
import { spaceCloudPath } from "./call.ts";

/**
 * The same under the name that it had from Space Cloud 0.16 on. Servers from 0.19 on answered with the bare result there,
 * which a configuration may ask for.
 */
export const servicesPath: CallPath = {
  ...spaceCloudPath,
  route: "/v1/api/:project/services/:service/:function",
  succeed: (reply, facts, _request, { servicesAnswer }) => spaceCloudAnswer(reply, facts, servicesAnswer),
};
