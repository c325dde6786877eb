import { Command } from "commander";
import { TIMEOUT_HEADER } from "../../gateway/timeout.ts";
import type { StoredEvent } from "../../mesh/event.ts";
import { continueTrace } from "../../mesh/trace.ts";
import { ApiClient } from "../api/api-client.ts";
import { EVENTS_PATH, INVOCATION } from "../api/events.ts";
import { withGatewayOptions } from "../api/options.ts";
import { parseSeconds } from "../arguments.ts";
import { Failure } from "../failure.ts";
import { type GatewayOptions, accessGateway, send } from "../gateway-access.ts";
import { recordedPayload } from "../invocations/recorded-payload.ts";
import { repeatedCall } from "../invocations/repeated-call.ts";
import { printAnswer } from "../print-answer.ts";

interface ReplayOptions extends GatewayOptions {
  readonly timeout: string;
  readonly json?: true;
}

/** `fmesh invocations replay`: a recorded call once more. */
export function replayCommand(): Command {
  return withGatewayOptions(
    new Command("replay")
      .summary("make a recorded call again")
      .description(
        "Makes a recorded call again, with what was sent then, and prints what is answered now.\n" +
          "It goes through the gateway in your name, whoever called then: the rules decide whether you may.",
      )
      .argument("<id>", "its id, as the list shows it"),
  )
    .option("--anonymous", "make the call without a token; its record is read with one")
    .option("--timeout <seconds>", "how long to wait", "10")
    .option("--json", "print status, headers and body as JSON")
    .addHelpText(
      "after",
      `
Examples:
  fmesh invocations replay 01939f5e6f0a7c3e8a550f6f1c2d3e4f
  fmesh invocations replay 01939f5e6f0a7c3e8a550f6f1c2d3e4f --claims '{"id":"ann","role":"admin"}'

Exit codes: 0 the function answered; 1 it did not, or the call cannot be made again; 2 wrong usage.`,
    )
    .action(replay);
}

async function replay(id: string, options: ReplayOptions): Promise<void> {
  const timeoutSeconds = parseSeconds("--timeout", options.timeout);
  const { anonymous: _anonymous, ...reading } = options;
  const api = await ApiClient.open(reading);
  const [thing, list] = [`event "${id}"`, "fmesh invocations list"];
  const item = await api.one<StoredEvent>(`${EVENTS_PATH}/${encodeURIComponent(id)}`, { thing, list });
  const payload = recordedPayload(item);

  const { url, project, headers } = await accessGateway(options);
  const { path, method, contentType, body } = await repeatedCall(item.source, payload, { project: project.id, api });
  const trace = continueTrace(undefined, undefined, undefined);
  const response = await send(url + path, {
    method,
    redirect: "manual",
    headers: {
      ...headers,
      // The way to stored functions names no project.
      "X-Fmesh-Project": project.id,
      [TIMEOUT_HEADER]: String(timeoutSeconds),
      traceparent: trace.header,
      ...(contentType !== undefined && { "Content-Type": contentType }),
    },
    ...(body !== undefined && { body }),
  });
  await printAnswer(response, options);
  await sayId(api, item.source, trace.traceId);
}

/** Tells which invocation that was; not every one is recorded. */
async function sayId(api: ApiClient, source: string, traceId: string): Promise<void> {
  try {
    const { items } = await api.page<StoredEvent>(EVENTS_PATH, { traceId, source, type: INVOCATION });
    // The newest come first: what it led to stands before it.
    const id = items.at(-1)?.id;
    if (id !== undefined) process.stderr.write(`invocation ${id}\n`);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    process.stderr.write(`fmesh: which invocation that was cannot be told: ${error.message}\n`);
  }
}
