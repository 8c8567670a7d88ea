import { ENV_BLOCK_END, ENV_BLOCK_START } from "../../contracts/processes/process-environment.ts";

export interface UserDataProps {
  /** Names the environment file and the systemd unit of the machine image: `sluice-<role>`. */
  readonly role: "gateway" | "engine";
  /** Environment variables of the process; values may hold OpenTofu references, but no line breaks. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * The script of an instance's first boot: it writes the process's environment and starts the unit. It must
 * hold no secret: every principal that may describe launch templates can read it.
 * @throws when a value cannot be written on one single-quoted line
 */
export function userData({ role, variables }: UserDataProps): string {
  const lines = Object.entries(variables).map(([name, value]) => {
    if (/['\n]/.test(value)) {
      throw new Error(
        `User data of ${role}: ${name} must hold neither a single quote nor a line break, got ${JSON.stringify(value)}; write it as JSON with toSingleLineJson`,
      );
    }
    return `${name}='${value}'`;
  });
  return [
    "#!/bin/bash",
    "set -euo pipefail",
    "install -d -m 0750 /etc/sluice",
    `cat > /etc/sluice/${role}.env ${ENV_BLOCK_START}`,
    ...lines,
    ENV_BLOCK_END,
    `systemctl enable --now sluice-${role}.service`,
    "",
  ].join("\n");
}

/** JSON for a single-quoted value on one line. */
export function toSingleLineJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("'", "\\u0027");
}
