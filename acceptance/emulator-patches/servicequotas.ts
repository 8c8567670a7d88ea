import { input, jsonReply } from "../aws-calls/call.ts";
import type { EmulatorPatch } from "./emulator-patch.ts";

/** Enough for every environment here. */
const VALUE = 1000;

export function servicequotasPatches(): readonly EmulatorPatch[] {
  return [
    {
      service: "servicequotas",
      operation: "GetServiceQuota",
      reason: "neither emulator has quotas of EC2: moto fails when one is requested",
      echo: "whole",
      respond: async (call) => jsonReply(200, { Quota: { ...input(call), Value: VALUE } }),
    },
  ];
}
