/**
 * Name of OpenTofu's dependency lock file in the folder of the environments. All stacks of all environments have the
 * same providers, and therefore one lock.
 */
export const PROVIDERS_LOCK = "tofu.lock.hcl";

/** Platforms whose hashes the lock has: those of the operators and of the workflows. */
export const LOCKED_PLATFORMS: readonly string[] = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"];

/** The providers of a lock, e.g. `hashicorp/aws 6.25.0`. */
export function lockedProviders(text: string): readonly string[] {
  return [...text.matchAll(/^provider "[^"/]+\/([^"]+)" \{\n +version += "([^"]+)"/gm)].map(
    ([, source = "", version = ""]) => `${source} ${version}`,
  );
}
