import type { Proof } from "./access.ts";

/** Hands the same proof out for as long as it says the same: what is new for `fetch` gets new connections. */
export function steadyProof(): (proof: Proof) => Proof {
  let last: Proof | undefined;
  return (proof) => {
    if (last === undefined || !isSame(last, proof)) last = { headers: proof.headers, tls: keptTls(last, proof) };
    return last;
  };
}

// A token that rotates is no reason for a new connection.
function keptTls(last: Proof | undefined, { tls }: Proof): Proof["tls"] {
  return last !== undefined && JSON.stringify(last.tls) === JSON.stringify(tls) ? last.tls : tls;
}

function isSame(one: Proof, other: Proof): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
