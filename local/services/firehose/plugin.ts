import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { Readable } from "node:stream";
import { isRecord } from "../../../lib/is-record.ts";
import { parseJson } from "../../../lib/parse-json.ts";
import type { ResourcePlugin } from "../../runtime/plugin.ts";
import type { WithSettings } from "../../runtime/settings.ts";
import { asText, blocks, type Json, type JsonObject } from "../../template/json.ts";
import type { WithS3 } from "../s3/runtime.ts";
import type { WithSecretsManager } from "../secrets-manager/runtime.ts";
import { type Deliver, DeliveryStream } from "./delivery-stream.ts";
import { httpSink } from "./http-sink.ts";
import { streamsFolder, type WithFirehose } from "./runtime.ts";

type Services = WithFirehose & WithS3 & WithSecretsManager;

/** Names on this machine: nothing is sent elsewhere from a laptop. */
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/** Streams of records, with a bucket or an HTTP endpoint at their end. What would leave this machine goes to the bucket. */
const deliveryStream: ResourcePlugin<Services> = {
  type: "aws_kinesis_firehose_delivery_stream",
  start(config, _resource, runtime) {
    const name = asText(config.name);
    const { workFolder, report, timeFactor = 1 } = runtime.settings;
    const [toBucket] = blocks(config.extended_s3_configuration);
    const [toHttp] = blocks(config.http_endpoint_configuration);
    const [toSplunk] = blocks(config.splunk_configuration);
    const sink = toHttp ?? toSplunk;
    const s3 = toBucket ?? blocks(sink?.s3_configuration)[0];
    if (!s3) throw new Error(`${name}: the twin's delivery streams end in a bucket, at an HTTP endpoint or in Splunk`);
    const isHere = toHttp !== undefined && LOOPBACK.test(new URL(asText(toHttp.url)).hostname);
    if (sink && !isHere) report(`${name}: nothing is sent from this machine; its records go to its bucket`);
    const seconds = (value: Json | undefined) => Number(value ?? 0) * 1000 * timeFactor;
    const bucket = (prefix: Json | undefined) => bucketSink(s3, asText(prefix ?? ""), name, runtime);
    runtime.firehose.streams.set(
      name,
      new DeliveryStream({
        name,
        folder: join(streamsFolder(workFolder), name),
        deliver: isHere ? httpSink(asText(toHttp.url), accessKey(toHttp, runtime)) : bucket(s3.prefix),
        backUp: bucket(s3.error_output_prefix),
        bufferMs: seconds((isHere ? toHttp : s3).buffering_interval),
        retryMs: seconds(toHttp?.retry_duration),
        report,
      }),
    );
  },
};

/** One object for each delivery, named as Firehose names them: prefix, hour in UTC, stream, time and a random id. */
function bucketSink(s3: JsonObject, prefix: string, name: string, { s3: buckets }: WithS3 & WithSettings): Deliver {
  const bucket = asText(s3.bucket_arn).replace(/^arn:aws:s3:::/, "");
  return async (records) => {
    const folder = buckets.objectFolder(bucket);
    if (!folder) throw new Error(`there is no bucket ${bucket}`);
    const now = new Date().toISOString();
    const hour = now.slice(0, 13).replaceAll(/[-T]/g, "/");
    const key = `${prefix}${hour}/${name}-1-${now.slice(0, 19).replaceAll(/[T:]/g, "-")}-${randomUUID()}`;
    await folder.put(key, Readable.from(records));
  };
}

/** What the secret has as its `api_key`; none where there is no secret. */
function accessKey(http: JsonObject, { secretsManager }: WithSecretsManager): string | undefined {
  const [secret] = blocks(http.secrets_manager_configuration);
  const name = /:secret:(.+)-\w{6}$/.exec(asText(secret?.secret_arn ?? ""))?.[1];
  const text = name === undefined ? undefined : secretsManager.get(name);
  const value = text === undefined ? undefined : parseJson(text);
  return isRecord(value) && typeof value.api_key === "string" ? value.api_key : undefined;
}

/** In the order in which they start. */
export const FIREHOSE_PLUGINS = {
  aws_kinesis_firehose_delivery_stream: deliveryStream,
} as const;
