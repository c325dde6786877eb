import { Hono } from "hono";
import { JSON_TYPE } from "../../../mesh/call.ts";
import { MeshError } from "../../../mesh/errors.ts";
import { pubsubSubject } from "../../../mesh/pubsub-subject.ts";
import { bearerToken } from "../../auth/bearer-token.ts";
import { takeBody } from "../../body.ts";
import { answerHeaders, requestFacts } from "../../request-facts.ts";
import { ruleParams } from "../../rule-params.ts";
import { spaceCloudError } from "../answer.ts";
import { memberText } from "../member-text.ts";
import { checkAccess, pubsubProject } from "./access.ts";
import type { PubsubParts } from "./feature.ts";
import { flushWithin } from "./flush-within.ts";
import { readPublish } from "./requests.ts";
import { pubsubStatus } from "./status.ts";

const NULL = new TextEncoder().encode("null");

/**
 * Lets clients of 2019 publish: `POST /v1/api/<project>/pubsub` with `{"subject":…,"data":…}`, whatever its content type says.
 * The answer comes when the broker has it.
 */
export function pubsubRoutes(parts: PubsubParts): Hono {
  return new Hono().post("/v1/api/:project/pubsub", async (c) => {
    const request = c.req.raw;
    const facts = requestFacts(request.headers);
    try {
      await publish(request, c.req.param("project"), parts);
      return new Response("{}", { headers: answerHeaders(facts, `${JSON_TYPE}; charset=utf-8`) });
    } catch (thrown) {
      const error = MeshError.from(thrown);
      if (error.code === "internal") parts.log.error("something could not be published", { error: thrown });
      return spaceCloudError(error, pubsubStatus(error), facts);
    }
  });
}

async function publish(request: Request, named: string, { broker, policy }: PubsubParts): Promise<void> {
  const { current } = policy;
  const { maxBodyBytes, defaultTimeoutMs } = current.limits;
  const { payload } = await takeBody(request, { maxBytes: maxBodyBytes, inlineBytes: maxBodyBytes });
  const { subject: segments } = readPublish(ruleParams({ contentType: JSON_TYPE, payload }));
  const project = pubsubProject(current, named, { action: "publish", segments });
  const token = bearerToken(request.headers.get("Authorization") ?? undefined);
  const deadlineMs = Date.now() + defaultTimeoutMs;
  await checkAccess(project, { action: "publish", segments, token }, { deadlineMs, signal: request.signal });
  const subject = pubsubSubject(project.id, segments);
  // As it was written: numbers beyond a double's precision stay what they are.
  broker.publish(subject, { payload: memberText(payload, "data") ?? NULL, headers: {} });
  await flushWithin(broker, defaultTimeoutMs);
}
