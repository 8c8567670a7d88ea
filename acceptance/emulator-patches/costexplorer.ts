import { jsonReply } from "../aws-calls/call.ts";
import type { EmulatorPatch } from "./emulator-patch.ts";

export function costexplorerPatches(): readonly EmulatorPatch[] {
  return [
    {
      service: "ce",
      operation: "ListCostAllocationTags",
      reason: "neither emulator has cost allocation tags: an account without any is what a first deployment finds",
      echo: "whole",
      respond: async () => jsonReply(200, { CostAllocationTags: [] }),
    },
  ];
}
