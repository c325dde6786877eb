/**
 * Subscribes to the subjects it is given, and prints what it receives; a subscription ends with the message "goodbye".
 * Of its own it prints what the gateway answered to its requests: the package keeps that to itself.
 */
import { API } from "space-api";

const api = new API(process.env.SPACE_PROJECT, process.env.SPACE_CLOUD);
if (process.env.SPACE_TOKEN !== undefined) api.setToken(process.env.SPACE_TOKEN);

const request = api.client.request.bind(api.client);
api.client.request = async (type, data) => {
  const answer = await request(type, data);
  console.log(`${type} ${data.subject} ${JSON.stringify(answer)}`);
  return answer;
};

const pubsub = api.Pubsub();
const subscriptions = new Map();

const onReceive = (subject, data) => {
  console.log(`received ${subject} ${JSON.stringify(data)}`);
  // Subjects come with a slash at their end, however they were written.
  if (data === "goodbye") subscriptions.get(subject.slice(0, -1)).unsubscribe();
};
const onError = (error) => console.log(`error ${error}`);

const [queue, ...subjects] = process.argv.slice(2);
for (const subject of subjects) {
  const subscription =
    queue === ""
      ? pubsub.subscribe(subject, onReceive, onError)
      : pubsub.queueSubscribe(subject, queue, onReceive, onError);
  subscriptions.set(subject, subscription);
}
