import type { Runtime, RuntimeSource } from "../../builder/base/runtime-files.ts";
import { ARCHITECTURES, type Architecture } from "../../builder/oci.ts";
import { Failure, USAGE } from "../failure.ts";

/** Where a base comes from, as the command line has it: each value may begin with an architecture, `arm64=<path>`. */
export interface BaseSourceOptions {
  readonly arch?: string;
  readonly npmPackage?: readonly string[];
  readonly root?: readonly string[];
  readonly libc?: readonly string[];
}

/** Where the base of one architecture comes from. */
export interface BaseSource {
  readonly architecture: Architecture;
  /** Default: what this machine runs. */
  readonly from: RuntimeSource | undefined;
  /** A folder with another system. */
  readonly root: string | undefined;
  /** Debian packages with another system's C library. */
  readonly libc: readonly string[];
}

/** npm packages that hold Bun, for those who look for one. */
const BUN_PACKAGES: Readonly<Record<Architecture, string>> = {
  amd64: "@oven/bun-linux-x64",
  arm64: "@oven/bun-linux-aarch64",
};

const MACHINES: Readonly<Record<string, Architecture>> = { x64: "amd64", arm64: "arm64" };

/** The sources of a base, one for each architecture. @throws Failure with the exit code of wrong usage. */
export function baseSources(
  runtime: Runtime,
  { arch, npmPackage = [], root = [], libc = [] }: BaseSourceOptions,
): readonly BaseSource[] {
  const own = MACHINES[process.arch];
  const architectures = arch === undefined ? [requireOwn(own)] : parseArchitectures(arch);
  const split = (option: string, given: readonly string[]) => byArchitecture(option, given, architectures);
  const [packages, roots, libraries] = [
    split("--npm-package", npmPackage),
    split("--root", root),
    split("--libc", libc),
  ];
  return architectures.map((architecture): BaseSource => {
    const folder = only("--npm-package", packages[architecture]);
    const source = {
      architecture,
      from: folder === undefined ? undefined : { npmPackage: folder },
      root: only("--root", roots[architecture]),
      libc: libraries[architecture],
    };
    if (source.root !== undefined && source.libc.length > 0) {
      throw new Failure(`${architecture} has --root and --libc; give one of them`, { exitCode: USAGE });
    }
    if (architecture !== own) requireAll(runtime, source);
    return source;
  });
}

function requireOwn(own: Architecture | undefined): Architecture {
  if (own !== undefined) return own;
  throw new Failure("this machine is neither amd64 nor arm64; say with --arch what the base is for", {
    exitCode: USAGE,
  });
}

function parseArchitectures(text: string): readonly Architecture[] {
  const names = [...new Set(text.split(","))];
  return names.map((name) => {
    const known = ARCHITECTURES.find((each) => each === name);
    if (known !== undefined) return known;
    throw new Failure(`--arch is "${text}"; give ${ARCHITECTURES.join(", ")} or both`, { exitCode: USAGE });
  });
}

function byArchitecture(
  option: string,
  given: readonly string[],
  wanted: readonly Architecture[],
): Readonly<Record<Architecture, readonly string[]>> {
  const values: Record<Architecture, string[]> = { amd64: [], arm64: [] };
  for (const text of given) {
    const named = ARCHITECTURES.find((name) => text.startsWith(`${name}=`));
    const [only, ...others] = wanted;
    const architecture = named ?? (others.length === 0 ? only : undefined);
    if (architecture === undefined || !wanted.includes(architecture)) {
      const text = `${option} has to say which of ${wanted.join(", ")} it is for; write it as ${wanted[0]}=<path>`;
      throw new Failure(text, { exitCode: USAGE });
    }
    values[architecture].push(named === undefined ? text : text.slice(named.length + 1));
  }
  return values;
}

function only(option: string, values: readonly string[]): string | undefined {
  if (values.length <= 1) return values[0];
  throw new Failure(`${option} is given twice: ${values.join(", ")}; give one`, { exitCode: USAGE });
}

/** This machine's own programs and libraries are of no use on another one. */
function requireAll(runtime: Runtime, { architecture, from, root, libc }: BaseSource): void {
  const missing = [
    ...(from === undefined && runtime !== "python"
      ? [`the package with the runtime, --npm-package ${architecture}=<folder>`]
      : []),
    ...(root === undefined && libc.length === 0
      ? [
          `its C library, --libc ${architecture}=<file.deb>, or a system that is unpacked, --root ${architecture}=<folder>`,
        ]
      : []),
  ];
  if (missing.length === 0) return;
  const hint = runtime === "bun" ? `; npm's package is ${BUN_PACKAGES[architecture]}` : "";
  throw new Failure(`a base for ${architecture} needs ${missing.join(", and ")}${hint}`, { exitCode: USAGE });
}
