import * as v from "valibot";
import { RECORDED_BYTES } from "../../../mesh/recorded-value.ts";
import type { RecordSettings } from "../../recording.ts";
import { pathProblem } from "../../recording/redaction.ts";
import { list, shape } from "./shape.ts";
import { flag, text, whole } from "./values.ts";

const MODES = ["off", "result", "full"] as const;
const MAX_BYTES = 262_144;

const mode = v.picklist(MODES, `must be one of ${MODES.join(", ")}`);

const path = v.pipe(
  text,
  v.rawCheck(({ dataset, addIssue }) => {
    const problem = dataset.typed ? pathProblem(dataset.value) : undefined;
    if (problem !== undefined) addIssue({ message: `${problem}; write it like payload.card.number` });
  }),
);

const settings = shape({
  mode,
  required: v.optional(flag, true),
  redact: v.optional(list(path), []),
  maxBytes: v.optional(whole(1, MAX_BYTES), RECORDED_BYTES),
});

/** What is recorded of a function's calls: settings, or the mode alone. `off` unquoted may have been read as false. */
export const recordSchema: v.GenericSchema<unknown, RecordSettings> = v.pipe(
  v.unknown(),
  v.transform((written) => (typeof written === "object" && written !== null ? written : { mode: modeOf(written) })),
  settings,
);

function modeOf(written: unknown): unknown {
  return written === false ? "off" : written;
}
