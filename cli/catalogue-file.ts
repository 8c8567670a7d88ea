import { join } from "node:path";
import { IS_PACKAGE, OWN_FOLDER } from "../lib/installation.ts";
import { UserError } from "./terminal/user-error.ts";

/**
 * The path of a file or folder of the catalogue, to write to.
 * @throws {UserError} with the package, whose files the next installation would replace
 */
export function catalogueFile(path: string): string {
  if (IS_PACKAGE)
    throw new UserError(
      `catalog/${path} is part of the package sluice, and what is written there is lost at the next installation; ` +
        "run this command in a clone of Sluice.",
    );
  return join(OWN_FOLDER, "catalog", path);
}
