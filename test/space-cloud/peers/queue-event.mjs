/** Queues an event and prints the answer as a line of JSON. */
import { API } from "space-api";

const api = new API(process.env.SPACE_PROJECT, process.env.SPACE_CLOUD);

const res = await api.queueEvent("welcome", { name: "Ada" }).delay(0).apply();
console.log(JSON.stringify(res));
