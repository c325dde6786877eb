/** Publishes what it is given, one after the other, and prints each answer as a line of JSON. */
import { API } from "space-api";

const api = new API(process.env.SPACE_PROJECT, process.env.SPACE_CLOUD);
const pubsub = api.Pubsub();

for (const [subject, data] of JSON.parse(process.argv[2])) {
  const res = await pubsub.publish(subject, data);
  console.log(JSON.stringify(res));
}
