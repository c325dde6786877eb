/**
 * A number from 0 up to 1 that looks drawn, and is the same each time for the same seed and text. There is no state
 * behind it: what else is drawn, and in which order, does not matter.
 */
export function chance(seed: number, text: string): number {
  // FNV-1a, then the finalizer of MurmurHash3: short texts that differ little are to land far apart.
  let hash = 0x81_1c_9d_c5 ^ seed;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01_00_01_93);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2_b2_ae_35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
