import { editText } from "../aws-calls/call.ts";
import type { EmulatorPatch } from "./emulator-patch.ts";

export function cloudfrontPatches(): readonly EmulatorPatch[] {
  return [
    {
      service: "cloudfront",
      operation: /^(GET|POST|PUT) \/2020-05-31\/response-headers-policy/,
      reason: "MiniStack returns empty lists of custom and removed headers that no request had",
      respond: async (call, send) =>
        editText(await send(call), (text) =>
          text.replace(
            /<(CustomHeadersConfig|RemoveHeadersConfig)><Quantity>0<\/Quantity>(<Items ?\/>|<Items><\/Items>)?<\/\1>/g,
            "",
          ),
        ),
    },
  ];
}
