import type { ReactNode } from "react";

/** What may be written into a field; the field names it as its `list`. */
export function NameOptions({
  id,
  names,
}: {
  readonly id: string;
  readonly names: readonly { readonly name: string; readonly note?: string }[];
}): ReactNode {
  return (
    <datalist id={id}>
      {names.map(({ name, note }) => (
        <option key={name} value={name}>
          {note ?? name}
        </option>
      ))}
    </datalist>
  );
}
