import { useCallback, useEffect, useState } from "react";

const SHOWN_MS = 1500;

/** Copies texts, and tells for a moment that it did. */
export function useCopy(): { readonly hasCopied: boolean; readonly copy: (text: string) => void } {
  const [copiedAt, setCopiedAt] = useState(0);
  const copy = useCallback((text: string) => {
    void writeText(text).then(() => setCopiedAt(Date.now()));
  }, []);
  useEffect(() => {
    if (copiedAt === 0) return;
    const timer = setTimeout(() => setCopiedAt(0), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copiedAt]);
  return { hasCopied: copiedAt !== 0, copy };
}

/** Browsers have no clipboard for pages over plain HTTP but on this machine; a selection can be copied anywhere. */
async function writeText(text: string): Promise<void> {
  if (window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
