import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";
import middy from "@middy/core";
import * as z from "zod";
import { errorBody } from "../../contracts/api/errors.ts";
import { MemberKeys } from "../../contracts/control/project-keys.ts";
import { NEXT_CHATS_HEADER } from "../../contracts/history/chats.ts";
import { TierLimits } from "../../contracts/limits/limit-settings.ts";
import { FunctionEntry } from "../../contracts/processes/function-entry.ts";
import { ENV } from "../../contracts/processes/process-environment.ts";
import { EnvironmentRetention } from "../../contracts/retention/retention.ts";
import { Cors } from "../../domain/cors.ts";
import { FailedKeys } from "../../domain/keys/failed-keys.ts";
import { parseJson } from "../../lib/parse-json.ts";
import { awsLimits } from "../aws-limits.ts";
import { DynamoUsageSums } from "../count-usage/dynamo-usage-sums.ts";
import { S3UsageFiles } from "../count-usage/s3-usage-files.ts";
import { eventRequest, jsonResponse } from "../load-balancer-event.ts";
import { RefusalStore, refusalRecorder } from "../refusal-store.ts";
import { KmsSecretSealer } from "../secret-sealer.ts";
import { OlderArchives } from "./call/older-archives.ts";
import { requestOf } from "./control-request.ts";
import { responseOf } from "./control-response.ts";
import { FileCopies } from "./holds/file-copies.ts";
import { FileHolds } from "./holds/file-holds.ts";
import { ResponseHolds } from "./holds/response-holds.ts";
import { StoredHolds } from "./holds/stored-holds.ts";
import { DynamoPendingWork } from "./pending/dynamo-pending-work.ts";
import { runPending } from "./pending/run-pending.ts";
import { FileExpiry } from "./retention/file-expiry.ts";
import { HistoryExpiry } from "./retention/history-expiry.ts";
import { ResponseExpiry } from "./retention/response-expiry.ts";
import { StoredExpiry } from "./retention/stored-expiry.ts";
import { serve } from "./serve.ts";
import { DynamoControlStore } from "./store/dynamo-control-store.ts";
import { StoredData } from "./store/erasable-data.ts";
import { FileEraser } from "./store/file-eraser.ts";
import { DynamoHistorySource } from "./store/history-source.ts";
import { ResponseEraser } from "./store/response-eraser.ts";
import { CloudWatchAlarms } from "./store/service-alarm-source.ts";
import { UsageLedger } from "./store/usage-ledger.ts";
import { DynamoUsageSource } from "./store/usage-source.ts";

const Text = z.string().min(1);
const Texts = z.string().transform(parseJson).pipe(z.array(Text));
const Settings = z.object({
  [ENV.controlTable]: Text,
  [ENV.keysTable]: Text,
  [ENV.keyPlan]: Text,
  [ENV.memberKeys]: z.string().transform(parseJson).pipe(MemberKeys).optional(),
  [ENV.usageTable]: Text.optional(),
  [ENV.usageBucket]: Text.optional(),
  [ENV.usageRetention]: z.coerce.number().int().positive().optional(),
  [ENV.historyTable]: Text.optional(),
  [ENV.subjectKeysTable]: Text.optional(),
  [ENV.retention]: z.string().transform(parseJson).pipe(EnvironmentRetention),
  [ENV.responsesTable]: Text.optional(),
  [ENV.batchesTable]: Text.optional(),
  [ENV.filesBucket]: Text.optional(),
  AWS_ENDPOINT_URL: z.url().optional(),
  [ENV.organization]: Text,
  [ENV.secretsKey]: Text,
  [ENV.resourceName]: Text,
  [ENV.alarmTopic]: Text,
  AWS_REGION: Text,
  [ENV.publicModels]: Texts,
  [ENV.tiers]: Texts.optional(),
  [ENV.tierLimits]: z.string().transform(parseJson).pipe(TierLimits).optional(),
  [ENV.mailReceivers]: Texts.optional(),
  [ENV.corsOrigins]: Texts.optional(),
  [ENV.functionEntry]: FunctionEntry,
});

/** Of one version of an object (docs/control-api.md), and of exports and stored responses (docs/history.md). */
const CONTROL_HEADERS = {
  exposed: ["etag", NEXT_CHATS_HEADER, "content-range"],
  allowed: ["if-match", "range"],
} as const;
/** Addresses whose refused keys one execution environment counts at once: 1.5 MB if they all come in one minute. */
const MAX_FAILING_ADDRESSES = 10_000;

const settings = Settings.parse(process.env);
const client = DynamoDBDocumentClient.from(new DynamoDBClient(awsLimits(3000)));
const keyPlan = settings[ENV.keyPlan];
const tables = { control: settings[ENV.controlTable], keys: settings[ENV.keysTable] };
const usageTable = settings[ENV.usageTable];
const usage = usageTable === undefined ? undefined : new DynamoUsageSource(client, usageTable);
const { [ENV.usageBucket]: usageBucket, [ENV.usageRetention]: retentionDays } = settings;
/** A server other than AWS has no host name for each bucket. */
const forcePathStyle = settings.AWS_ENDPOINT_URL !== undefined;
const s3 = new S3Client({ ...awsLimits(5000), forcePathStyle });
/** S3 copies 256 MiB in a second or two, and 5 GB at most in one call. */
const copier = new S3Client({ ...awsLimits(20_000), forcePathStyle });
const ledger =
  usageTable === undefined || usageBucket === undefined || retentionDays === undefined
    ? undefined
    : new UsageLedger({
        client,
        tableName: usageTable,
        files: new S3UsageFiles(s3, usageBucket),
        sums: new DynamoUsageSums({ client, tableName: usageTable, now: Date.now }),
        retentionDays,
        now: Date.now,
      });
const { [ENV.tiers]: tierNames = [], [ENV.tierLimits]: tierLimits = {} } = settings;
const tiers = Object.fromEntries(tierNames.map((name) => [name, tierLimits[name] ?? null]));
const { [ENV.historyTable]: historyTable, [ENV.subjectKeysTable]: subjectKeysTable } = settings;
const history =
  historyTable === undefined || subjectKeysTable === undefined
    ? undefined
    : new DynamoHistorySource(client, { history: historyTable, keys: subjectKeysTable }, Date.now);
const { [ENV.responsesTable]: responsesTable, [ENV.batchesTable]: batchesTable, [ENV.filesBucket]: bucket } = settings;
const fileEraser =
  batchesTable === undefined || bucket === undefined
    ? undefined
    : new FileEraser({
        client,
        tableName: batchesTable,
        s3,
        bucket,
      });
const erasable = new StoredData({
  history,
  responses: responsesTable === undefined ? undefined : new ResponseEraser(client, responsesTable),
  files: fileEraser,
  holds: new StoredHolds({
    responses: responsesTable === undefined ? undefined : new ResponseHolds(client, responsesTable, Date.now),
    files:
      fileEraser === undefined || batchesTable === undefined || bucket === undefined
        ? undefined
        : {
            holds: new FileHolds({
              client,
              tableName: batchesTable,
              copies: new FileCopies(copier, bucket),
              now: Date.now,
            }),
            noted: fileEraser,
          },
  }),
});
const expiry = new StoredExpiry({
  history: historyTable === undefined ? undefined : new HistoryExpiry(client, historyTable),
  responses: responsesTable === undefined ? undefined : new ResponseExpiry(client, responsesTable),
  files:
    fileEraser === undefined || batchesTable === undefined
      ? undefined
      : { expiry: new FileExpiry(client, batchesTable), keyIds: (subject) => fileEraser.keyIds(subject) },
});
const environmentRetention = settings[ENV.retention];
const sealer = new KmsSecretSealer(new KMSClient(awsLimits(3000)), settings[ENV.secretsKey]);
const store = new DynamoControlStore(client, tables);
const refusals = new RefusalStore(client, tables);
const olderArchives = new OlderArchives();
const failedKeys = new FailedKeys(MAX_FAILING_ADDRESSES);
const origins = settings[ENV.corsOrigins];
const cors = origins === undefined ? undefined : new Cors(origins, CONTROL_HEADERS);
const uptime = () => performance.now();
const serviceAlarms = new CloudWatchAlarms({
  client: new CloudWatchClient(awsLimits(5000)),
  resourceName: settings[ENV.resourceName],
  topicName: settings[ENV.alarmTopic],
  region: settings.AWS_REGION,
  isAws: settings.AWS_ENDPOINT_URL === undefined,
  uptime,
});

/** The CORS headers of a response, for the console. */
function corsHeaders(event: unknown): Readonly<Record<string, string>> {
  return cors?.responseHeaders(eventRequest(event).headers.get("origin")) ?? {};
}

function logOf(requestId: string): (line: Readonly<Record<string, unknown>>) => void {
  return (line) =>
    void process.stdout.write(`${JSON.stringify({ ...line, time: new Date().toISOString(), requestId })}\n`);
}

const ScheduledEvent = z.object({ source: z.literal("aws.events"), "detail-type": z.literal("Scheduled Event") });
const pending = new DynamoPendingWork(client, tables.control);
const wait = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/**
 * The control API, called by the load balancer, which writes all fields of its events itself; and each minute by a schedule, for
 * work that waits.
 */
export const handler = middy().handler(async (event: unknown, { awsRequestId }: { readonly awsRequestId: string }) => {
  if (ScheduledEvent.safeParse(event).success) {
    const log = logOf(awsRequestId);
    await runPending({ pending, store, erasable, expiry, history, environmentRetention, now: Date.now, wait, log });
    return undefined;
  }
  const request = requestOf(event, settings[ENV.functionEntry], awsRequestId);
  const { requestId } = request.origin;
  // A browser sends no key with it. Without a console, the method is refused like any other.
  if (cors && request.method === "OPTIONS")
    return jsonResponse(204, undefined, requestId, { ...corsHeaders(event), ...cors.preflightHeaders() });
  const log = logOf(requestId);
  try {
    const response = await serve(request, {
      store,
      olderArchives,
      keyPlan,
      memberKeys: settings[ENV.memberKeys],
      usage,
      ledger,
      history,
      erasable,
      environmentRetention,
      serviceAlarms,
      organization: settings[ENV.organization],
      sealer,
      models: settings[ENV.publicModels],
      tiers,
      mailReceivers: settings[ENV.mailReceivers],
      failedKeys,
      uptime,
      now: Date.now,
      log,
      recordRefusal: refusalRecorder(refusals, log),
    });
    return responseOf({ ...response, headers: { ...corsHeaders(event), ...response.headers } }, requestId);
  } catch (error) {
    log({ level: "error", msg: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    return jsonResponse(500, errorBody("internal_error"), requestId, corsHeaders(event));
  }
});
