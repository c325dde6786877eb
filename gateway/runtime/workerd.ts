import { EdgeGateway } from "./workerd/edge-gateway.ts";

/** The Durable Object's class, by the name that `wrangler.toml` gives it. */
export { NatsLink } from "./workerd/nats-link.ts";

/** The entry for Cloudflare Workers: the Worker checks names, token and rule; its object sends the call. */
export default new EdgeGateway();
