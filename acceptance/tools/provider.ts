import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { arch, homedir, platform } from "node:os";
import { basename, delimiter, join } from "node:path";
import type { Variables } from "./machine.ts";
import { MissingTool } from "./missing-tool.ts";

/** An AWS provider for OpenTofu on this machine. */
export interface Provider {
  readonly version: string;
  /** Executable. */
  readonly path: string;
}

/** OpenTofu's name for this machine's system, e.g. `linux_amd64`. */
export function platformName(): string {
  const processors: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };
  return `${platform()}_${processors[arch()] ?? arch()}`;
}

/**
 * The provider of the acceptance run: the one named by SLUICE_ACCEPTANCE_PROVIDER, else the newest in a plugin folder of OpenTofu or
 * Terraform: `TF_PLUGIN_CACHE_DIR`, the mirrors and caches of `TF_CLI_CONFIG_FILE`, the usual folders at home.
 * @throws MissingTool when there is none
 */
export function findProvider(variables: Variables): Provider {
  const chosen = variables.SLUICE_ACCEPTANCE_PROVIDER;
  if (chosen) {
    const version = /_v(\d+\.\d+\.\d+)/.exec(basename(chosen))?.[1];
    if (!existsSync(chosen) || version === undefined)
      throw new MissingTool(
        `SLUICE_ACCEPTANCE_PROVIDER must be the path of a file terraform-provider-aws_v<version>, got ${chosen}`,
      );
    return { version, path: chosen };
  }
  const found = pluginFolders(variables).flatMap(providersIn);
  const [newest] = found.toSorted((a, b) => b.version.localeCompare(a.version, "en", { numeric: true }));
  if (newest) return newest;
  throw new MissingTool(
    "no AWS provider found: run `tofu init` once with TF_PLUGIN_CACHE_DIR set, or name a file " +
      "terraform-provider-aws_v<version> in SLUICE_ACCEPTANCE_PROVIDER",
  );
}

function pluginFolders(variables: Variables): readonly string[] {
  const home = variables.HOME || homedir();
  const file = variables.TF_CLI_CONFIG_FILE || join(home, ".tofurc");
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const configured = [...text.matchAll(/^\s*(?:plugin_cache_dir|path)\s*=\s*"([^"]+)"/gm)].map(
    (match) => match[1] ?? "",
  );
  return [
    ...(variables.TF_PLUGIN_CACHE_DIR ?? "").split(delimiter),
    ...configured,
    join(home, ".terraform.d/plugin-cache"),
    join(home, ".terraform.d/plugins"),
    join(home, ".local/share/terraform/plugins"),
    join(home, ".local/share/opentofu/plugins"),
  ].filter((folder) => folder !== "" && existsSync(folder));
}

function providersIn(folder: string): readonly Provider[] {
  return ["registry.opentofu.org", "registry.terraform.io"].flatMap((host) => {
    const versions = join(folder, host, "hashicorp/aws");
    if (!existsSync(versions)) return [];
    return readdirSync(versions).flatMap((version) => {
      const system = join(versions, version, platformName());
      const file = existsSync(system)
        ? readdirSync(system).find((name) => name.startsWith("terraform-provider-aws"))
        : undefined;
      return file === undefined ? [] : [{ version, path: join(system, file) }];
    });
  });
}

/**
 * Puts the provider into a mirror, where OpenTofu finds it without a network.
 * @returns the folder of the mirror
 */
export function mirrorProvider(cache: string, { version, path }: Provider): string {
  const mirror = join(cache, "mirror");
  const folder = join(mirror, "registry.opentofu.org/hashicorp/aws", version, platformName());
  const target = join(folder, basename(path));
  if (existsSync(target)) return mirror;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    linkSync(path, target); // hundreds of megabytes; OpenTofu does not follow a linked folder, but accepts a hard link
  } catch {
    copyFileSync(path, target); // on another disk
  }
  return mirror;
}
