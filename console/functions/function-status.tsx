import type { ReactNode } from "react";
import type { StoredFunction } from "../../mesh/function.ts";
import { Status } from "../ui/badge.tsx";
import type { Tone } from "../ui/tone.ts";

const TONES: Readonly<Record<StoredFunction["status"], Tone>> = {
  created: "neutral",
  building: "info",
  built: "accent",
  deploying: "info",
  deployed: "good",
  failed: "bad",
};

/** Where a function stands on its way into the mesh: that of its latest version. */
export function FunctionStatus({ fn }: { readonly fn: Pick<StoredFunction, "status"> }): ReactNode {
  const isBusy = fn.status === "building" || fn.status === "deploying";
  return (
    <Status tone={TONES[fn.status]} isBusy={isBusy}>
      {fn.status}
    </Status>
  );
}
