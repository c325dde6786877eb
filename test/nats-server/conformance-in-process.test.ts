import { wsconnect } from "@nats-io/nats-core";
import { type Dial, brokerConformance } from "./conformance.ts";
import { authConformance } from "./connection-conformance.ts";

const dial: Dial = ({ server, wsUrl }, options) => {
  if (server === undefined) throw new Error("only the embedded server can be reached in process");
  const wsFactory = () => {
    // It has what the client uses of a WebSocket, and no more.
    const socket = server.connectInProcess() as unknown as WebSocket;
    return Promise.resolve({ socket, encrypted: false });
  };
  return wsconnect({ ...options, servers: wsUrl, wsFactory });
};

brokerConformance("embedded", dial);
authConformance("embedded", dial);
