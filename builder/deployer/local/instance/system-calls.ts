import type { Architecture } from "../../../oci.ts";

/** How the kernel calls a kind of processor (linux/audit.h). */
const AUDIT_ARCHITECTURES: Readonly<Record<Architecture, number>> = { amd64: 0xc000_003e, arm64: 0xc000_00b7 };

/**
 * What no function has a use for and what holes in kernels were reached by: other processes' memory, keys, mounts, namespaces,
 * modules, the clock, tracing, and io_uring. By name, the numbers of each processor's kernel.
 */
const REFUSED: Readonly<Record<string, Readonly<Partial<Record<Architecture, number>>>>> = {
  ptrace: { amd64: 101, arm64: 117 },
  process_vm_readv: { amd64: 310, arm64: 270 },
  process_vm_writev: { amd64: 311, arm64: 271 },
  kcmp: { amd64: 312, arm64: 272 },
  add_key: { amd64: 248, arm64: 217 },
  request_key: { amd64: 249, arm64: 218 },
  keyctl: { amd64: 250, arm64: 219 },
  bpf: { amd64: 321, arm64: 280 },
  perf_event_open: { amd64: 298, arm64: 241 },
  userfaultfd: { amd64: 323, arm64: 282 },
  fanotify_init: { amd64: 300, arm64: 262 },
  name_to_handle_at: { amd64: 303, arm64: 264 },
  open_by_handle_at: { amd64: 304, arm64: 265 },
  mount: { amd64: 165, arm64: 40 },
  umount2: { amd64: 166, arm64: 39 },
  pivot_root: { amd64: 155, arm64: 41 },
  chroot: { amd64: 161, arm64: 51 },
  open_tree: { amd64: 428, arm64: 428 },
  move_mount: { amd64: 429, arm64: 429 },
  fsopen: { amd64: 430, arm64: 430 },
  fsconfig: { amd64: 431, arm64: 431 },
  fsmount: { amd64: 432, arm64: 432 },
  fspick: { amd64: 433, arm64: 433 },
  mount_setattr: { amd64: 442, arm64: 442 },
  unshare: { amd64: 272, arm64: 97 },
  setns: { amd64: 308, arm64: 268 },
  init_module: { amd64: 175, arm64: 105 },
  finit_module: { amd64: 313, arm64: 273 },
  delete_module: { amd64: 176, arm64: 106 },
  kexec_load: { amd64: 246, arm64: 104 },
  kexec_file_load: { amd64: 320, arm64: 294 },
  reboot: { amd64: 169, arm64: 142 },
  swapon: { amd64: 167, arm64: 224 },
  swapoff: { amd64: 168, arm64: 225 },
  acct: { amd64: 163, arm64: 89 },
  quotactl: { amd64: 179, arm64: 60 },
  syslog: { amd64: 103, arm64: 116 },
  settimeofday: { amd64: 164, arm64: 170 },
  clock_settime: { amd64: 227, arm64: 112 },
  iopl: { amd64: 172 },
  ioperm: { amd64: 173 },
  io_uring_setup: { amd64: 425, arm64: 425 },
  io_uring_enter: { amd64: 426, arm64: 426 },
  io_uring_register: { amd64: 427, arm64: 427 },
};

/** Instructions of the kernel's packet filter, by which system calls are filtered as well (linux/filter.h). */
const LOAD = 0x20;
const IF_EQUAL = 0x15;
const IF_AT_LEAST = 0x35;
const RETURN = 0x06;
/** Where the number of the call, and the kind of processor, are in what is filtered (linux/seccomp.h). */
const NUMBER_AT = 0;
const ARCHITECTURE_AT = 4;
const ALLOW = 0x7fff_0000;
const NOT_PERMITTED = 0x0005_0000 | 1;
const KILL = 0x8000_0000;
/** From here on are calls of a third kind, for an Intel processor's programs with small pointers: the same ones again. */
const X32_CALLS = 0x4000_0000;
const INSTRUCTION_BYTES = 8;

interface Instruction {
  readonly code: number;
  readonly value: number;
  /** How many of the next ones to leave out when it is so. */
  readonly skipIfSo?: number;
}

/** The filter that refuses those calls, as a sandbox takes it. Programs for another kind of processor are ended. */
export function systemCallFilter(architecture: Architecture): Uint8Array<ArrayBuffer> {
  const numbers = Object.values(REFUSED).flatMap((number) => number[architecture] ?? []);
  const program: readonly Instruction[] = [
    { code: LOAD, value: ARCHITECTURE_AT },
    { code: IF_EQUAL, value: AUDIT_ARCHITECTURES[architecture], skipIfSo: 1 },
    { code: RETURN, value: KILL },
    { code: LOAD, value: NUMBER_AT },
    { code: IF_AT_LEAST, value: X32_CALLS, skipIfSo: numbers.length + 1 },
    ...numbers.map((value, index) => ({ code: IF_EQUAL, value, skipIfSo: numbers.length - index })),
    { code: RETURN, value: ALLOW },
    { code: RETURN, value: NOT_PERMITTED },
  ];
  const bytes = new DataView(new ArrayBuffer(program.length * INSTRUCTION_BYTES));
  for (const [index, { code, value, skipIfSo = 0 }] of program.entries()) {
    const at = index * INSTRUCTION_BYTES;
    bytes.setUint16(at, code, true);
    bytes.setUint8(at + 2, skipIfSo);
    bytes.setUint32(at + 4, value, true);
  }
  return new Uint8Array(bytes.buffer);
}
