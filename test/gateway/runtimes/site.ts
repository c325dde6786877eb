import { shopConfig, type WrittenConfig } from "../../support/mesh.ts";
import { type ServiceDefinition, defineService } from "../../../worker-service/service.ts";

/** The origin whose pages may call. */
export const ORIGIN = "https://app.example.com";

/** Bodies may be this large. */
export const MAX_BODY_BYTES = 4_000_000;

const staff = { rule: "match", type: "string", eval: "==", f1: "args.auth.role", f2: "staff", message: "staff only" };
const small = { rule: "match", type: "number", eval: "<", f1: "args.params.amount", f2: 100 };

/** The configuration that every platform is given. */
export function siteConfig(webhookUrl: string): WrittenConfig {
  const config = shopConfig(
    {
      probe: { default: "allow" },
      streaming: { default: { rule: "allow" } },
      site: { fetch: "allow" },
      meeting: { default: "allow" },
      away: { now: "allow" },
      vault: {
        signed: "authenticated",
        staff,
        small: { rule: "or", clauses: [small, staff] },
        asked: { rule: "func", service: "vault", func: "judge" },
        hooked: { rule: "webhook", url: webhookUrl },
        rows: { rule: "query", db: "main", col: "users", find: { id: "args.auth.id" } },
        closed: "deny",
      },
    },
    {
      gateway: {
        cors: { origins: [ORIGIN] },
        limits: { maxBodyBytes: MAX_BODY_BYTES },
        spaceCloud: { servicesAnswer: "bare" },
      },
      webhooks: { allowHosts: [new URL(webhookUrl).host] },
    },
  );
  const [project] = config["projects"] as WrittenConfig[];
  const pubsub = { rules: [{ subject: "/news", publish: "allow" }] };
  return { ...config, projects: [{ ...project, secret: "$SHOP_SECRET", pubsub }] };
}

/** What the rules guard, and the function that one of them asks. */
export const vault: ServiceDefinition = defineService("vault", {
  signed: () => "in",
  staff: () => "in",
  small: () => "in",
  asked: () => "in",
  hooked: () => "in",
  rows: () => "in",
  closed: () => "in",
  judge: ({ params }: { params: { please?: boolean } }) => ({ ack: params.please === true }),
});

/** Calls of `all` are answered when so many have come. */
export function meeting(size: number): ServiceDefinition {
  const complete = Promise.withResolvers<void>();
  let present = 0;
  const all = async (n: number): Promise<number> => {
    present += 1;
    if (present === size) complete.resolve();
    await complete.promise;
    return n;
  };
  return defineService("meeting", { all }, { concurrency: size });
}
