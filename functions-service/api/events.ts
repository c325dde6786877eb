import * as v from "valibot";
import { MeshError } from "../../mesh/errors.ts";
import { type StoredEvent, eventInputSchema, eventStatusSchema } from "../../mesh/event.ts";
import { eventNotice, outcomeNotice } from "../events/cloud-event.ts";
import { type ApiParts, type Operation, operation } from "./operation.ts";
import { PAGE_HEADERS, pageQuery, pageResponse, toPageRequest } from "./paging.ts";
import { eventSchema } from "./schemas.ts";

const PATH = "/api/v3/events";
const ONE = `${PATH}/{id}` as const;

const eventParams = v.object({ id: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)) });

const time = v.pipe(
  v.string(),
  v.isoTimestamp("use a time like 2026-01-31T12:00:00Z"),
  v.check((text) => !Number.isNaN(Date.parse(text)), "use a time that exists"),
  v.transform((text) => new Date(text).toISOString()),
);

const eventQuery = v.strictObject({
  source: v.optional(v.string()),
  type: v.optional(eventInputSchema.entries.type),
  status: v.optional(eventStatusSchema),
  traceId: v.optional(v.string()),
  since: v.optional(v.pipe(time, v.description("Not before this."))),
  until: v.optional(v.pipe(time, v.description("Before this."))),
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
      description: "Up to 100 at once when no `limit` is given.",
      query: eventQuery,
      success: { status: 200, description: "The events", body: v.array(eventSchema), headers: PAGE_HEADERS },
      refusals: [],
    },
    async ({ query: { limit, cursor, ...filter }, url }, { store, project }) =>
      pageResponse(await store.events.list(project, filter, toPageRequest({ limit, cursor }, 100)), url),
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
      refusals: [415],
    },
    async ({ body }, { store, project, now }) => {
      const { type, status, source, payload } = body;
      const given = { type, status, source, payload, project, id: crypto.randomUUID(), timestamp: now().toISOString() };
      const event: StoredEvent = { ...given, ...OF_NO_INVOCATION };
      await store.events.insert([event], [eventNotice(event)]);
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
      const { store, now } = parts;
      const before = await existingEvent(params.id, parts);
      if (before.status === "PENDING" && status !== "PENDING") {
        const outcome = { id: before.id, status };
        await store.events.settle([{ ...outcome, notice: outcomeNotice(before, outcome, now()) }]);
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

async function existingEvent(id: string, { store, project }: ApiParts): Promise<StoredEvent> {
  const found = await store.events.get(project, id);
  if (found === undefined) throw noEvent(id);
  return found;
}

function noEvent(id: string): MeshError {
  return new MeshError("invalid_request", `there is no event "${id}"; list them with GET ${PATH}`, { status: 404 });
}
