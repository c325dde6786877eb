import { getPath } from "hono/utils/url";
import { MeshError } from "../../mesh/errors.ts";
import { problemResponse } from "../problem.ts";
import { requestFacts } from "../request-facts.ts";

/** Answers requests. */
type Fetch = (request: Request) => Response | Promise<Response>;

/** What administrators ask for. */
const ADMIN = /^\/(?:console|v1\/admin)(?:\/|$)/;
/** Where services serve pages. */
const PAGES = /^\/v1\/http(?:\/|$)/;

/**
 * Gives the console an origin of its own, which no page of a service has: at its host names there are no services' pages, and at all others
 * there is no console.
 *
 * @param hosts the names in force, in lower case and without a port; without any, everything is at every name.
 */
export function withConsoleHosts(hosts: () => readonly string[] | undefined, fetch: Fetch): Fetch {
  return (request) => {
    const names = hosts();
    if (names === undefined) return fetch(request);
    // As the router reads it, which undoes escapes.
    const path = getPath(request);
    const isAdmin = ADMIN.test(path);
    const isConsoleHost = names.includes(hostName(request));
    if (isAdmin !== isConsoleHost && (isAdmin || PAGES.test(path))) return elsewhere(request);
    return isConsoleHost && !isAdmin ? noPage(fetch(request)) : fetch(request);
  };
}

function hostName({ headers }: Request): string {
  return (headers.get("Host") ?? "").replace(/:\d+$/, "").toLowerCase();
}

function elsewhere({ headers }: Request): Response {
  const text = "this is at another host name of the gateway; gateway.consoleHosts says at which";
  return problemResponse(new MeshError("function_not_found", text), requestFacts(headers));
}

/** A form of another site can show what any function answers; in a sandbox that is a page without scripts and without the origin. */
async function noPage(answering: ReturnType<Fetch>): Promise<Response> {
  const response = await answering;
  response.headers.append("Content-Security-Policy", "sandbox");
  return response;
}
