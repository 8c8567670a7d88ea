import { asObject, asText, type Json } from "../../local/template/json.ts";
import { type Call, editJson, input, type Reply } from "../aws-calls/call.ts";
import type { EmulatorPatch, Send } from "./emulator-patch.ts";

export function wafv2Patches(): readonly EmulatorPatch[] {
  const bodies = new Map<string, Json>();
  const remember = (call: Call, send: Send): Promise<Reply> => {
    const { Name, CustomResponseBodies } = input(call);
    if (CustomResponseBodies !== undefined) bodies.set(asText(Name), CustomResponseBodies);
    return send(call);
  };
  const reason = "MiniStack forgets the custom response bodies of a web ACL";
  return [
    { service: "wafv2", operation: "CreateWebACL", reason, respond: remember },
    { service: "wafv2", operation: "UpdateWebACL", reason, respond: remember },
    {
      service: "wafv2",
      operation: "GetWebACL",
      reason,
      echo: "part",
      respond: async (call, send) =>
        editJson(await send(call), (value) => {
          const acl = asObject(value.WebACL);
          const forgotten = bodies.get(asText(acl.Name));
          return forgotten === undefined ? value : { ...value, WebACL: { CustomResponseBodies: forgotten, ...acl } };
        }),
    },
  ];
}
