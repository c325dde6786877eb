import type { Attack } from "./attack.ts";
import { algorithmAttacks } from "./attacks/algorithms.ts";
import { claimAttacks } from "./attacks/claims.ts";
import { formAttacks } from "./attacks/forms.ts";
import { headerAttacks } from "./attacks/headers.ts";
import { signatureAttacks } from "./attacks/signatures.ts";

/**
 * Tokens that must be refused, with the verifier each is aimed at. They hold for whatever stands between a caller and
 * the verifier too: replayed over HTTP, each must be answered with 401.
 */
export const attackCorpus: readonly Attack[] = [
  ...algorithmAttacks,
  ...headerAttacks,
  ...claimAttacks,
  ...formAttacks,
  ...signatureAttacks,
];
