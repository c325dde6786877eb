import type { Client } from "../../client/client.ts";
import { type HttpClientOptions, client } from "../../client/http.ts";
import type { arithmetic, shop } from "../types/services.ts";

/** The client of the services of the type tests. */
export function typedClient(
  url: string,
  options: Partial<HttpClientOptions> = {},
): Client<typeof arithmetic | typeof shop> {
  return client<typeof arithmetic | typeof shop>({ url, project: "my-adder", ...options });
}
