/**
 * Makes the calls that it is given, one after the other, and prints each answer as a line of JSON. One that has a token of
 * its own is made with that, and so are all after it.
 */
import { API } from "space-api";

const api = new API(process.env.SPACE_PROJECT, process.env.SPACE_CLOUD);
if (process.env.SPACE_TOKEN !== undefined) api.setToken(process.env.SPACE_TOKEN);

for (const [service, func, params, timeout, token] of JSON.parse(process.argv[2])) {
  if (token) api.setToken(token);
  const res = await api.call(service, func, params, timeout);
  console.log(JSON.stringify(res));
}
