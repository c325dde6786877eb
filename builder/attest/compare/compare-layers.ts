import type { CallOptions } from "../../registry.ts";
import type { Names } from "./compare-members.ts";
import { layersOf, type Layer, type PlatformImage } from "./image-parts.ts";
import { readLayerFiles, type LayerFile } from "./layer-files.ts";

/** After that many differing files, more of them explain nothing. */
const MAX_FILES_TOLD = 50;

/** Says how the layers of two images differ; only those that hold something else are opened. */
export async function compareLayers(
  images: readonly [PlatformImage, PlatformImage],
  names: Names,
  options: CallOptions,
): Promise<readonly string[]> {
  const [ones, others] = images.map(layersOf) as [readonly Layer[], readonly Layer[]];
  const differences: string[] = [];
  if (ones.length !== others.length) {
    differences.push(`${names[0]} has ${count(ones.length)}, ${names[1]} ${others.length}`);
  }
  for (const [index, one] of ones.entries()) {
    const other = others[index];
    if (other === undefined) break;
    const name = `layer ${index + 1}`;
    if (one.diffId !== other.diffId) {
      const files = await Promise.all([
        readLayerFiles(images[0].source, one.descriptor, options),
        readLayerFiles(images[1].source, other.descriptor, options),
      ]);
      differences.push(...compareFiles(files, names).map((difference) => `${name}: ${difference}`));
    } else if (one.descriptor.digest !== other.descriptor.digest) {
      differences.push(
        `${name} holds the same, but is compressed in another way: by another version of Bun, or another tool`,
      );
    }
  }
  return differences;
}

function compareFiles(
  [ones, others]: readonly [ReadonlyMap<string, LayerFile>, ReadonlyMap<string, LayerFile>],
  names: Names,
): readonly string[] {
  const paths = [...new Set([...ones.keys(), ...others.keys()])].sort();
  const differences = paths.flatMap((path) => {
    const [one, other] = [ones.get(path), others.get(path)];
    if (one === undefined) return [`"${path}" is in ${names[1]} only`];
    if (other === undefined) return [`"${path}" is in ${names[0]} only`];
    return compareFile(path, [one, other], names);
  });
  if (differences.length === 0) return ["holds the same files, in another order or form"];
  const rest = differences.length - MAX_FILES_TOLD;
  return rest <= 0 ? differences : [...differences.slice(0, MAX_FILES_TOLD), `and ${rest} differences more`];
}

const ASPECTS = ["type", "target", "mode", "owner", "time", "size"] as const;

function compareFile(path: string, [one, other]: readonly [LayerFile, LayerFile], names: Names): readonly string[] {
  const differing = ASPECTS.filter((aspect) => one[aspect] !== other[aspect]);
  const told = differing.map(
    (aspect) => `"${path}" has ${aspect} ${one[aspect]} in ${names[0]}, ${other[aspect]} in ${names[1]}`,
  );
  const isOtherContent = one.content !== other.content && one.size === other.size;
  return isOtherContent ? [...told, `"${path}" has other content of the same size`] : told;
}

function count(layers: number): string {
  return layers === 1 ? "1 layer" : `${layers} layers`;
}
