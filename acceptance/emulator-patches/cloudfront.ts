import { type EmulatorPatch, editsResponse } from "./emulator-patch.ts";

export function cloudfrontPatches(): readonly EmulatorPatch[] {
  return [
    editsResponse(
      {
        service: "cloudfront",
        operation: /^(GET|POST|PUT) \/2020-05-31\/response-headers-policy/,
        reason: "MiniStack returns empty lists of custom and removed headers that no request had",
      },
      (text) =>
        text.replace(
          /<(CustomHeadersConfig|RemoveHeadersConfig)><Quantity>0<\/Quantity>(<Items ?\/>|<Items><\/Items>)?<\/\1>/g,
          "",
        ),
    ),
  ];
}
