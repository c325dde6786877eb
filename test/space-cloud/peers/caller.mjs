/** Makes the calls that it is given, one after the other, and prints each answer as a line of JSON. */
import { API } from "space-api";

const api = new API(process.env.SPACE_PROJECT, process.env.SPACE_CLOUD);
if (process.env.SPACE_TOKEN !== undefined) api.setToken(process.env.SPACE_TOKEN);

for (const [service, func, params, timeout] of JSON.parse(process.argv[2])) {
  const res = await api.call(service, func, params, timeout);
  console.log(JSON.stringify(res));
}
