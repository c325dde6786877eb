import * as v from "valibot";
import { isName } from "../../../mesh/names.ts";
import { list, shape } from "./shape.ts";
import { flag, port, text, whole } from "./values.ts";

const MAX_TIMEOUT_MS = 86_400_000;
/** The most that NATS lets a message hold. */
const MAX_BODY_BYTES = 67_108_864;
/** Less than that would be full at once. */
const MIN_RECORDS_BYTES = 1_048_576;
const MAX_RECORDS_BYTES = 1_099_511_627_776;

const origin = v.pipe(
  text,
  v.check(isOrigin, 'must be "*" or an origin such as "https://app.example.com", without a path'),
);

const cors = shape({
  origins: v.optional(list(origin), []),
  credentials: v.optional(flag, true),
  maxAgeSeconds: v.optional(whole(0, 86_400), 600),
});

const hostName = v.pipe(
  text,
  v.toLowerCase(),
  v.check(isHostName, 'must be a host name such as "console.example.com", without a port'),
);

const limits = v.pipe(
  shape({
    // A message holds 1 MiB by default; the rest is room for headers.
    maxBodyBytes: v.optional(whole(1, MAX_BODY_BYTES), 1_000_000),
    defaultTimeoutMs: v.optional(whole(1, MAX_TIMEOUT_MS), 10_000),
    maxTimeoutMs: v.optional(whole(1, MAX_TIMEOUT_MS), 120_000),
  }),
  v.forward(
    v.check(
      ({ defaultTimeoutMs, maxTimeoutMs }) => defaultTimeoutMs <= maxTimeoutMs,
      'must not be more than "maxTimeoutMs"; lower it or raise the other',
    ),
    ["defaultTimeoutMs"],
  ),
);

const records = shape({
  folder: v.exactOptional(text),
  maxBytes: v.optional(whole(MIN_RECORDS_BYTES, MAX_RECORDS_BYTES), 268_435_456),
});

/** What clients of 2019 find besides its call paths. */
const spaceCloud = shape({
  servicesAnswer: v.optional(v.picklist(["wrapped", "bare"], "must be wrapped or bare"), "wrapped"),
  pingSeconds: v.optional(whole(1, 3600), 25),
  grpcPort: v.exactOptional(port),
  natsWorkers: v.optional(flag, false),
});

const configName = v.pipe(text, v.check(isName, "is not a name to publish by; use 1 to 64 letters, digits, _ or -"));

/** How the gateway listens and what it takes. */
export const gatewaySchema = v.pipe(
  shape({
    host: v.optional(text, "127.0.0.1"),
    port: v.optional(port, 4122),
    cors: v.optional(cors, {}),
    consoleHosts: v.exactOptional(v.pipe(list(hostName), v.nonEmpty("is empty; name a host, or remove the key"))),
    limits: v.optional(limits, {}),
    records: v.optional(records, {}),
    spaceCloud: v.optional(spaceCloud, {}),
    publishAs: v.exactOptional(configName),
    follow: v.exactOptional(configName),
  }),
  v.forward(
    v.check(
      ({ publishAs, follow }) => publishAs === undefined || follow === undefined,
      'has no effect beside "publishAs": a gateway publishes its file, or follows another one\'s; leave one of them out',
    ),
    ["follow"],
  ),
);

function isOrigin(value: string): boolean {
  return value === "*" || (URL.canParse(value) && new URL(value).origin === value);
}

function isHostName(value: string): boolean {
  return !value.includes("*") && URL.canParse(`http://${value}`) && new URL(`http://${value}`).hostname === value;
}
