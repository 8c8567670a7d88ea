import { join, resolve } from "node:path";
import { repositoryFolder } from "../lib/installation.ts";

/** Where a running stack stores its state, logs and data: `.sluice`, or another folder named by `SLUICE_FOLDER`. */
export function workFolder(environment: Readonly<Record<string, string | undefined>>): string {
  return resolve(repositoryFolder(), environment.SLUICE_FOLDER || ".sluice");
}

/** Where synthesis writes: beside the work folder's own things when that is not the default one. */
export function outputFolder(environment: Readonly<Record<string, string | undefined>>): string {
  return environment.SLUICE_FOLDER ? join(workFolder(environment), "cdktf.out") : join(repositoryFolder(), "cdktf.out");
}
