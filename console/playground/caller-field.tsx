import type { ReactNode } from "react";
import { useSession } from "../session/session-context.tsx";
import { Field, TextArea } from "../ui/field.tsx";
import { Select } from "../ui/select.tsx";
import { type Caller, PRESETS, parseClaims } from "./caller.ts";
import styles from "./playground.module.css";

/** Chooses in whose name is called. Viewers call as themselves or as nobody: only administrators choose claims. */
export function CallerField({
  caller,
  onChange,
}: {
  readonly caller: Caller;
  readonly onChange: (caller: Caller) => void;
}): ReactNode {
  const { user, role, can } = useSession();
  const preset = caller.kind === "claims" ? PRESETS.find(({ claims }) => claims === caller.claims) : undefined;
  const chosen = caller.kind === "claims" ? (preset?.value ?? "own") : caller.kind;
  const presets = can("change") ? PRESETS.map(({ value, label, claims }) => ({ value, label, note: claims })) : [];
  const options = [
    { value: "me", label: `Me: ${user}`, note: role },
    { value: "anonymous", label: "Nobody", note: "no token" },
    ...presets,
    ...(can("change") ? [{ value: "own", label: "Claims of my own" }] : []),
  ];
  const parsed = caller.kind === "claims" ? parseClaims(caller.claims) : undefined;
  const hint = "A token with these claims is made for the call, and is kept nowhere.";
  return (
    <div className={styles["caller"]}>
      <Field label="Called by" {...(!can("change") && { hint: "Only administrators choose other claims." })}>
        <Select
          options={options}
          value={chosen}
          onChange={(value) => {
            if (value === "me" || value === "anonymous") return onChange({ kind: value });
            const claims = PRESETS.find((each) => each.value === value)?.claims;
            onChange({ kind: "claims", claims: claims ?? `{\n  "id": "${user}",\n  "role": "${role}"\n}` });
          }}
        />
      </Field>
      {caller.kind === "claims" && preset === undefined && (
        <Field label="Claims" hint={hint} error={parsed !== undefined && "error" in parsed ? parsed.error : undefined}>
          <TextArea isCode value={caller.claims} onChange={(claims) => onChange({ kind: "claims", claims })} />
        </Field>
      )}
    </div>
  );
}
