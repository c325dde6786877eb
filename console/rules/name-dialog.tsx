import { type ReactNode, useId, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field, TextInput } from "../ui/field.tsx";
import { NameOptions } from "./name-options.tsx";
import { type Entry, entryOf } from "./services.ts";
import type { RuledServices } from "../api/admin-types.ts";

const NAME = /^[\w-]{1,64}$/;

/** Asks for the name of a function, and of a service if there is none yet, that gets a rule. */
export function NameDialog({
  service: given,
  services,
  served,
  onClose,
  onName,
}: {
  /** Whose function it is; `undefined` asks for that, too. */
  readonly service: string | undefined;
  readonly services: RuledServices;
  /** Functions there are, by service. */
  readonly served: Readonly<Record<string, readonly string[]>>;
  readonly onClose: () => void;
  readonly onName: (entry: Entry) => void;
}): ReactNode {
  const [service, setService] = useState(given ?? "");
  const [name, setName] = useState(given === undefined ? "default" : "");
  const [form, serviceNames, functionNames] = [useId(), useId(), useId()];
  const entry = { service: service.trim(), function: name.trim() };
  const isTaken = entryOf(services, entry)?.rule !== undefined;
  const wrong = (text: string): string | undefined =>
    text === "" || NAME.test(text) ? undefined : "Use 1 to 64 letters, digits, _ or -";
  const isFine = NAME.test(entry.service) && NAME.test(entry.function) && !isTaken;
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={given === undefined ? "Add a service" : `Add a function of ${given}`}
      description="“default” stands for all others."
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={form} disabled={!isFine}>
            Add
          </Button>
        </>
      }
    >
      <form
        id={form}
        onSubmit={(event) => {
          event.preventDefault();
          if (isFine) onName(entry);
        }}
      >
        {given === undefined && (
          <Field label="Service" error={wrong(entry.service)}>
            <TextInput isCode value={service} list={serviceNames} onChange={setService} autoComplete="off" />
          </Field>
        )}
        <NameOptions id={serviceNames} names={["default", ...Object.keys(served)].map((each) => ({ name: each }))} />
        <Field label="Function" error={isTaken ? "It has a rule already" : wrong(entry.function)}>
          <TextInput isCode value={name} list={functionNames} onChange={setName} autoComplete="off" />
        </Field>
        <NameOptions
          id={functionNames}
          names={["default", ...(served[entry.service] ?? [])].map((each) => ({ name: each }))}
        />
      </form>
    </Dialog>
  );
}
