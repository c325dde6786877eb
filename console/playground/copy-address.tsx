import { Check, Link2 } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "../ui/button.tsx";
import { useCopy } from "../ui/use-copy.ts";

/** Copies the address of the page, which holds the call as it is written. */
export function CopyAddress(): ReactNode {
  const { hasCopied, copy } = useCopy();
  return (
    <Button
      icon={hasCopied ? <Check aria-hidden="true" /> : <Link2 aria-hidden="true" />}
      onClick={() => copy(location.href)}
    >
      {hasCopied ? "Copied" : "Copy link"}
    </Button>
  );
}
