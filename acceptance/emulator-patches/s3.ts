import type { Call } from "../aws-calls/call.ts";
import type { EmulatorPatch } from "./emulator-patch.ts";
import { element, escapeXml } from "./xml.ts";

export function s3Patches(): readonly EmulatorPatch[] {
  /** Tags of the request that began a multipart upload, by the upload's id. */
  const tags = new Map<string, string>();
  return [
    {
      service: "s3",
      operation: /^POST \/[^/]+\/.+/,
      reason: "MiniStack drops the tags of an object that is uploaded in parts; they are set once it is complete",
      respond: async (call, send) => {
        const reply = await send(call);
        const requested = call.headers["x-amz-tagging"];
        const begun = element(reply.body.toString(), "UploadId");
        if (begun !== undefined && requested !== undefined) tags.set(begun, requested);
        const ended = new URL(call.url, "http://s3").searchParams.get("uploadId") ?? "";
        const text = tags.get(ended);
        if (text === undefined || reply.status >= 300) return reply;
        tags.delete(ended);
        const tagged = await send(taggingCall(call, text));
        return tagged.status >= 300 ? tagged : reply;
      },
    },
  ];
}

function taggingCall(call: Call, text: string): Call {
  const tags = [...new URLSearchParams(text)].map(
    ([key, value]) => `<Tag><Key>${escapeXml(key)}</Key><Value>${escapeXml(value)}</Value></Tag>`,
  );
  const own = new Set(["content-md5", "content-encoding", "x-amz-decoded-content-length", "x-amz-content-sha256"]);
  return {
    ...call,
    method: "PUT",
    url: `${call.url.split("?")[0]}?tagging`,
    headers: Object.fromEntries(
      Object.entries(call.headers).filter(([name]) => !own.has(name) && !/checksum|trailer/.test(name)),
    ),
    body: Buffer.from(`<Tagging><TagSet>${tags.join("")}</TagSet></Tagging>`),
  };
}
