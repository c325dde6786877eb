import type { ReactNode } from "react";
import { Notice } from "../ui/notice.tsx";

/** Functions that the rules name, and no instance of the service has. */
export function UnservedFunctions({ names }: { readonly names: readonly string[] }): ReactNode {
  if (names.length === 0) return null;
  return (
    <Notice tone="warning" title="Rules without functions">
      <p>
        The rules name {names.map((name) => `“${name}”`).join(", ")}, and no instance has{" "}
        {names.length === 1 ? "it" : "them"}: add {names.length === 1 ? "it" : "them"} to the service, or take{" "}
        {names.length === 1 ? "its rule" : "their rules"} out.
      </p>
    </Notice>
  );
}
