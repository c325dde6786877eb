import type { ReactNode } from "react";
import type { FunctionInput } from "../../../mesh/function.ts";
import { Field } from "../../ui/field.tsx";
import { Select } from "../../ui/select.tsx";

type Network = FunctionInput["network"];

const MEANINGS: Readonly<Record<Network, string>> = {
  none: "It reaches the mesh by a socket of its own, and nothing else: in its sandbox there is no network.",
  full: "It reaches whatever the machine reaches, with its resolver: choose it for a database or a foreign API.",
};

/** What a function may reach beside the mesh. */
export function NetworkField({
  value,
  isFixed,
  onChange,
}: {
  readonly value: Network;
  readonly isFixed: boolean;
  readonly onChange: (network: Network) => void;
}): ReactNode {
  return (
    <Field
      label="What it may reach"
      hint={`${MEANINGS[value]} Without a sandbox it sees the network of the machine, whatever stands here.`}
    >
      <Select<Network>
        options={[
          { value: "none", label: "Only the mesh" },
          { value: "full", label: "The whole network" },
        ]}
        value={value}
        isDisabled={isFixed}
        onChange={onChange}
      />
    </Field>
  );
}
