/**
 * A worker as the documentation of 2019 has it, with more functions. Of its own it says when a call has come that it
 * holds, so that a test need not guess.
 */
import { API } from "space-api";

const api = new API(process.env.SPACE_PROJECT, process.env.SPACE_CLOUD);
if (process.env.SPACE_TOKEN !== undefined) api.setToken(process.env.SPACE_TOKEN);

const service = api.Service("arithmetic");

service.registerFunc("sum", (params, auth, cb) => {
  const sum = params.num1 + params.num2;
  cb("response", { sum: sum });
});

service.registerFunc("echo", (params, auth, cb) => cb("response", params));
service.registerFunc("claims", (params, auth, cb) => cb("response", auth));
service.registerFunc("nothing", (params, auth, cb) => cb("response"));
service.registerFunc("process", (params, auth, cb) => cb("response", process.pid));
service.registerFunc("permit", (params, auth, cb) => cb("response", { ack: params.params.permitted === true }));

service.registerFunc("twice", (params, auth, cb) => {
  cb("response", "first");
  cb("response", "second");
});

const held = [];
service.registerFunc("hold", (params, auth, cb) => {
  held.push(cb);
  console.log("a call is held");
});
service.registerFunc("release", (params, auth, cb) => {
  for (const answer of held.splice(0)) answer("response", "late");
  cb("response", "released");
});

service.registerFunc("stray", (params, auth, cb) => {
  api.client.send("service-request", { id: "an-id-that-no-call-has", params: "stray" });
  cb("response", "sent");
});

/** A frame that is no JSON: the gateway closes the socket. */
service.registerFunc("garble", () => api.client.socket.send("this is no JSON"));

service.start();
