import { editText } from "../aws-calls/call.ts";
import type { EmulatorPatch } from "./emulator-patch.ts";

/** Begin of what AWS describes of a bucket as the destination. */
const DESTINATION = /"ExtendedS3DestinationDescription":\s*\{(?!\s*"CustomTimeZone")/g;

export function firehosePatches(): readonly EmulatorPatch[] {
  return [
    {
      service: "firehose",
      operation: "DescribeDeliveryStream",
      reason: "MiniStack omits the time zone of a bucket's prefixes, which is UTC where none was chosen",
      respond: async (call, send) =>
        editText(await send(call), (text) =>
          text.replaceAll(DESTINATION, (start) => `${start}"CustomTimeZone":"UTC",`),
        ),
    },
  ];
}
