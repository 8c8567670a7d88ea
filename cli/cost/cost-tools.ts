import { resolve } from "node:path";
import { environmentNames, loadEnvironment } from "../../environments/load.ts";
import type { CostTools } from "../cost-command.ts";
import { environmentAtCommit } from "./environment-at-commit.ts";

const PROJECT = resolve(import.meta.dirname, "../..");

/** The environments of this clone, now and at its commits. */
export function costTools(print: (text: string) => void): CostTools {
  return {
    print,
    environmentNames,
    environment: loadEnvironment,
    environmentAt: (commit, name) => environmentAtCommit(PROJECT, commit, name),
  };
}
