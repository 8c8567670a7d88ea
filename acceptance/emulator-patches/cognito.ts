import { asText, isObject, type Json } from "../../local/template/json.ts";
import { editJson, input } from "../aws-calls/call.ts";
import type { EmulatorPatch } from "./emulator-patch.ts";

export function cognitoPatches(): readonly EmulatorPatch[] {
  /** Rotation of refresh tokens by the app client's id. */
  const rotations = new Map<string, Json>();

  return [
    {
      service: "cognito-idp",
      operation: /^(Create|Update|Describe)UserPoolClient$/,
      reason:
        "MiniStack forgets how refresh tokens rotate; it is stored and returned as requested, and as in Cognito an update " +
        "that does not say it takes it away",
      echo: "part",
      respond: async (call, send) => {
        const { RefreshTokenRotation: requested } = input(call);
        return editJson(await send(call), (response) => {
          const { UserPoolClient: client } = response;
          if (!isObject(client)) return response;
          const id = asText(client.ClientId);
          if (requested !== undefined) rotations.set(id, requested);
          else if (call.operation === "UpdateUserPoolClient") rotations.delete(id);
          const rotation = rotations.get(id);
          return rotation === undefined
            ? response
            : { ...response, UserPoolClient: { ...client, RefreshTokenRotation: rotation } };
        });
      },
    },
  ];
}
