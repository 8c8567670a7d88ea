import { editText, form } from "../aws-calls/call.ts";
import type { EmulatorPatch } from "./emulator-patch.ts";
import { element, escapeXml } from "./xml.ts";

const PENDING = "<SubscriptionArn>pending confirmation</SubscriptionArn>";

export function snsPatches(): readonly EmulatorPatch[] {
  return [
    {
      service: "sns",
      operation: "Subscribe",
      reason: "MiniStack omits the ARN of an unconfirmed subscription also when ReturnSubscriptionArn is true",
      respond: async (call, send) => {
        const reply = await send(call);
        const fields = form(call);
        const wantsArn = fields.get("ReturnSubscriptionArn") === "true";
        if (!wantsArn || !reply.body.toString().includes(PENDING)) return reply;
        const request = {
          Action: "ListSubscriptionsByTopic",
          Version: fields.get("Version") ?? "",
          TopicArn: fields.get("TopicArn") ?? "",
        };
        const body = Buffer.from(new URLSearchParams(request).toString());
        const list = await send({ ...call, operation: request.Action, body });
        const endpoint = `<Endpoint>${escapeXml(fields.get("Endpoint") ?? "")}</Endpoint>`;
        const own = list.body
          .toString()
          .split("<member>")
          .find((member) => member.includes(endpoint));
        const arn = element(own ?? "", "SubscriptionArn");
        return editText(reply, (text) =>
          arn === undefined ? text : text.replace(PENDING, `<SubscriptionArn>${arn}</SubscriptionArn>`),
        );
      },
    },
  ];
}
