import * as v from "valibot";
import { MeshError } from "../../mesh/errors.ts";
import { type EventStatus, type StoredEvent, eventInputSchema, eventStatusSchema } from "../../mesh/event.ts";
import { newUuid } from "../../mesh/ids.ts";
import type { Change } from "../store.ts";
import { EVENT_STREAM, afterQuery, refuseInQuery, startOfStream, streamResponse, wantsStream } from "./event-stream.ts";
import { type ApiParts, type Operation, operation } from "./operation.ts";
import { PAGE_HEADERS, pageQuery, pageResponse, toPageRequest } from "./paging.ts";
import { eventSchema } from "./schemas.ts";
import { timeQuery } from "./time-query.ts";

const PATH = "/api/v3/events";
const ONE = `${PATH}/{id}` as const;

const eventParams = v.object({ id: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)) });

const eventQuery = v.strictObject({
  source: v.optional(v.string()),
  type: v.optional(eventInputSchema.entries.type),
  status: v.optional(eventStatusSchema),
  traceId: v.optional(v.string()),
  since: v.optional(v.pipe(timeQuery, v.description("Not before this."))),
  until: v.optional(v.pipe(timeQuery, v.description("Before this."))),
  after: afterQuery,
  ...pageQuery,
});

export const EVENT_OPERATIONS: readonly Operation[] = [
  operation(
    {
      id: "listEvents",
      tag: "events",
      method: "get",
      path: PATH,
      summary: "Lists events, newest first",
      description:
        "Up to 100 at once when no `limit` is given. With `Accept: text/event-stream`: the CloudEvents of what happens from " +
        "now on, or after `Last-Event-ID`, as server-sent events that can be narrowed by `source`, `type`, `status` and `traceId`.",
      query: eventQuery,
      headers: {
        "Last-Event-ID": `The \`id\` of the last event that was received, of a stream that is taken up again.`,
      },
      success: {
        status: 200,
        description: "The events",
        body: v.array(eventSchema),
        texts: [EVENT_STREAM],
        headers: PAGE_HEADERS,
      },
      refusals: [503],
    },
    async ({ query, headers, url }, { store, streams, project }) => {
      const { limit, cursor, after, since, until, ...filter } = query;
      if (wantsStream(headers)) {
        refuseInQuery(query, ["limit", "cursor", "since", "until"], "a stream has no such thing");
        return streamResponse(await streams.open(filter, startOfStream(headers, after)));
      }
      refuseInQuery(query, ["after"], `only a stream has it; send Accept: ${EVENT_STREAM}`);
      const page = toPageRequest({ limit, cursor }, 100);
      const response = pageResponse(await store.events.list(project, { ...filter, since, until }, page), url);
      response.headers.set("Vary", "Accept");
      return response;
    },
  ),
  operation(
    {
      id: "createEvent",
      tag: "events",
      method: "post",
      path: PATH,
      summary: "Records an event",
      body: eventInputSchema,
      success: {
        status: 201,
        description: "The event",
        body: eventSchema,
        headers: { Location: "The path of the event." },
      },
      refusals: [415, 503],
    },
    async ({ body }, { store, project, now }) => {
      const { type, status, source, payload } = body;
      const at = now();
      const given = { id: newUuid(), type, status, source, payload };
      await store.journal.append(project, [
        { change: "begun", ...given, startedAt: at.getTime(), isInvocation: false },
      ]);
      const event: StoredEvent = { ...given, project, timestamp: at.toISOString(), ...OF_NO_INVOCATION };
      return Response.json(event, { status: 201, headers: { Location: `${PATH}/${event.id}` } });
    },
  ),
  operation(
    {
      id: "getEvent",
      tag: "events",
      method: "get",
      path: ONE,
      summary: "Shows an event",
      params: eventParams,
      success: { status: 200, description: "The event", body: eventSchema },
      refusals: [404],
    },
    async ({ params }, parts) => Response.json(await existingEvent(params.id, parts)),
  ),
  operation(
    {
      id: "updateEvent",
      tag: "events",
      method: "put",
      path: ONE,
      summary: "Ends an event that is pending",
      description: "Only `status` is looked at. An event ends once.",
      params: eventParams,
      body: v.object({ status: eventStatusSchema }),
      success: { status: 200, description: "The event", body: eventSchema },
      refusals: [404, 409, 415],
    },
    async ({ params, body: { status } }, parts) => {
      const { store, project, now } = parts;
      const before = await existingEvent(params.id, parts);
      if (before.status === "PENDING" && status !== "PENDING") {
        await store.journal.append(project, [ending(before, status, now())]);
      }
      // Somebody else may have ended it meanwhile, and the other way.
      const after = await existingEvent(params.id, parts);
      if (after.status === status) return Response.json(after);
      const text = `event "${after.id}" has ended with ${after.status}, which stays`;
      throw new MeshError("invalid_request", text, { status: 409 });
    },
  ),
  operation(
    {
      id: "deleteEvent",
      tag: "events",
      method: "delete",
      path: ONE,
      summary: "Deletes an event",
      params: eventParams,
      success: { status: 204, description: "It is gone" },
      refusals: [404],
    },
    async ({ params: { id } }, { store, project }) => {
      if (!(await store.events.remove(project, id))) throw noEvent(id);
      return new Response(null, { status: 204 });
    },
  ),
];

const OF_NO_INVOCATION = {
  invocationId: undefined,
  deadline: undefined,
  response: undefined,
  durationMs: undefined,
  error: undefined,
  traceId: undefined,
  retryCount: 0,
};

function ending({ id, type, source, timestamp, traceId, invocationId }: StoredEvent, status: Ended, at: Date): Change {
  const about = {
    id,
    type,
    source,
    startedAt: Date.parse(timestamp),
    traceId,
    isInvocation: invocationId !== undefined,
  };
  return { change: "ended", ...about, status, endedAt: at.getTime() };
}

type Ended = Exclude<EventStatus, "PENDING">;

async function existingEvent(id: string, { store, project }: ApiParts): Promise<StoredEvent> {
  const found = await store.events.get(project, id);
  if (found === undefined) throw noEvent(id);
  return found;
}

function noEvent(id: string): MeshError {
  return new MeshError("invalid_request", `there is no event "${id}"; list them with GET ${PATH}`, { status: 404 });
}
