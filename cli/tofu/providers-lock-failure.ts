import { PROVIDERS_LOCK } from "../../domain/providers-lock.ts";
import { UserError } from "../terminal/user-error.ts";
import type { TofuResult } from "./tofu.ts";
import type { TofuStep } from "./tofu-failure.ts";

/** Explains why OpenTofu refused a provider that differs from the committed lock; `undefined` for other failures. */
export function providersLockFailure(
  { stack, environment }: TofuStep,
  { stdout, stderr }: TofuResult,
): UserError | undefined {
  const text = `${stdout}\n${stderr}`.replaceAll(/\s+/g, " "); // OpenTofu breaks its lines
  const file = `environments/${PROVIDERS_LOCK}`;
  const again = `sluice lock --environment ${environment}`;
  const version = /locked provider [^ /]+\/(\S+) (\S+) does not match configured version constraint ([^;]+);/.exec(
    text,
  );
  if (version)
    return new UserError(
      `${stack} needs the provider ${version[1]} ${version[3]}, and ${file} has ${version[2]}; ` +
        `after an upgrade write the lock again and commit it: ${again}`,
    );
  const hashes = /Error while installing (\S+) v(\S+): .*doesn't match any of the checksums/.exec(text);
  if (hashes)
    return new UserError(
      `${stack}: the package of the provider ${hashes[1]} ${hashes[2]} has none of the hashes in ${file}, so it was not used. ` +
        `Only if the lock lacks this platform, write it again and commit it: ${again}; otherwise find out who changed the ` +
        "package in the registry, mirror or cache.",
    );
  if (text.includes("Provider dependency changes detected"))
    return new UserError(`${stack} has other providers than ${file}; write the lock again and commit it: ${again}`);
  return undefined;
}
