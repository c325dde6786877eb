import * as v from "valibot";
import type { Environment } from "../environment.ts";
import { ALGORITHMS } from "../../auth/algorithms.ts";
import { OptionsSchema } from "../../auth/options-schema.ts";
import type { AuthOptions } from "../../auth/options.ts";
import { checkOptions } from "../../auth/settings.ts";
import { list, shape } from "./shape.ts";
import { text, variableText, variableUrl, whole } from "./values.ts";

type Jwk = Exclude<NonNullable<AuthOptions["keys"]>[number], string>;

const DAY_MS = 86_400_000;

const jwk = v.custom<Jwk>(
  (input) => typeof input === "object" && input !== null && "kty" in input && typeof input.kty === "string",
  'must be a JSON Web Key with "kty", or a PEM text',
);

/** How the tokens of a project are checked: options that the verifier will take, with `$NAME` values put in. */
export function authSchema(env: Environment) {
  const secret = variableText(env);
  const jwksUrl = variableUrl(env, { schemes: ["https:", "http:"], example: "https://id.example.com/jwks.json" });
  const options = shape({
    secrets: v.optional(list(secret), []),
    keys: v.exactOptional(list(either(secret, jwk))),
    jwks: v.exactOptional(
      shape({
        url: jwksUrl,
        cacheMs: v.exactOptional(whole(1, DAY_MS)),
        cooldownMs: v.exactOptional(whole(1, DAY_MS)),
        timeoutMs: v.exactOptional(whole(1, 60_000)),
      }),
    ),
    algorithms: v.exactOptional(list(v.picklist(ALGORITHMS, `must be one of ${ALGORITHMS.join(", ")}`))),
    issuer: v.exactOptional(either(text, list(text))),
    audience: v.exactOptional(either(text, list(text))),
    leewaySeconds: v.exactOptional(whole(0, 60)),
    maxTokenBytes: v.exactOptional(whole(1, 1_048_576)),
    cache: v.exactOptional(shape({ maxEntries: v.exactOptional(whole(0, 1_000_000)) })),
  });
  return v.pipe(
    options,
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed || dataset.issues !== undefined) return;
      for (const { message, path } of v.safeParse(OptionsSchema, dataset.value).issues ?? []) {
        addIssue({ message, ...(path !== undefined && { path }) });
      }
      if (dataset.issues !== undefined) return;
      try {
        checkOptions(dataset.value);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        addIssue({ message: error.message });
      }
    }),
  );
}

/** Text is read as text, anything else as the other: a union would tell what is wrong with neither. */
function either<Other>(plain: v.GenericSchema<unknown, string>, other: v.GenericSchema<unknown, Other>) {
  return v.lazy((input): v.GenericSchema<unknown, string | Other> => (typeof input === "string" ? plain : other));
}
