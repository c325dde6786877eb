import type { ReactNode } from "react";

/** The sign of Functions Mesh, in the colour of the text around it. */
export function Logo({ size = 20 }: { readonly size?: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 20 20" fill="none" aria-hidden="true">
      <path d="m4 4 6 6 6-6M10 10l-6 6m6-6 6 6" stroke="currentColor" strokeOpacity="0.45" strokeWidth="1.75" />
      <circle cx="4" cy="4" r="2.25" fill="currentColor" />
      <circle cx="16" cy="4" r="2.25" fill="currentColor" />
      <circle cx="4" cy="16" r="2.25" fill="currentColor" />
      <circle cx="16" cy="16" r="2.25" fill="currentColor" />
      <circle cx="10" cy="10" r="3" fill="currentColor" />
    </svg>
  );
}
