import type { Broker, Subscription } from "./broker.ts";
import { JSON_TYPE } from "./call.ts";
import { announcementSubject } from "./subjects.ts";
import { encodePayload } from "./payload.ts";
import {
  type EndpointInfo,
  type EndpointStats,
  type ServiceIdentity,
  type ServiceInfo,
  type ServicePing,
  type ServiceStats,
  type ServiceVerb,
} from "./service-info.ts";

/** What an instance says about itself. */
export interface Announced {
  readonly identity: ServiceIdentity;
  readonly description: string;
  readonly startedAt: Date;
  /** Its functions as they stand now. */
  endpoints(): readonly EndpointInfo[];
  /** The counters as they stand now. */
  stats(): readonly EndpointStats[];
}

/** Answers `$SRV.PING`, `$SRV.INFO` and `$SRV.STATS` for one instance until drained. */
export function announce(broker: Broker, announced: Announced): readonly Subscription[] {
  const { identity, description, startedAt } = announced;
  const ping: ServicePing = { type: "io.nats.micro.v1.ping_response", ...identity };
  const info = (): ServiceInfo => ({
    type: "io.nats.micro.v1.info_response",
    ...identity,
    description,
    endpoints: announced.endpoints(),
  });
  const stats = (): ServiceStats => ({
    type: "io.nats.micro.v1.stats_response",
    ...identity,
    started: startedAt.toISOString(),
    endpoints: announced.stats(),
  });
  const { name, id } = identity;
  const answers: Record<ServiceVerb, () => unknown> = { PING: () => ping, INFO: info, STATS: stats };

  return (Object.keys(answers) as ServiceVerb[]).flatMap((verb) =>
    [announcementSubject(verb), announcementSubject(verb, name), announcementSubject(verb, name, id)].map((subject) =>
      broker.subscribe(subject, {}, (message) => {
        const { payload } = encodePayload(answers[verb]());
        message.reply({ payload, headers: { "Content-Type": JSON_TYPE } });
      }),
    ),
  );
}
