import type { ReactNode } from "react";

/** Where the token of a written call comes from. */
export function TokenNote({ project }: { readonly project: string }): ReactNode {
  return (
    <>
      <code>FMESH_TOKEN</code> is a token of “{project}”; <code>fmesh token</code> signs one while developing.
    </>
  );
}
