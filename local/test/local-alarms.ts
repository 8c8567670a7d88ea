import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { onTestFinished } from "vitest";
import { CloudWatchAlarms } from "../../lambdas/administer/store/service-alarm-source.ts";
import { awsEndpoint } from "../aws-api/endpoint.ts";
import { bind } from "../http/server.ts";
import { LOCAL_CREDENTIALS } from "../runtime/aws-environment.ts";
import { alarmOperations } from "../services/cloudwatch/alarm-operations.ts";
import { CloudWatchRuntime } from "../services/cloudwatch/runtime.ts";
import type { AtEnd } from "./control-table.ts";

/** The alarms of the environment `dev` in the local stack's CloudWatch, until the test has finished. */
export async function localAlarms(now: () => number, atEnd: AtEnd = onTestFinished) {
  const cloudWatch = new CloudWatchRuntime(() => undefined);
  const calls = { count: 0 };
  const unused = () => Promise.reject(new Error("not CloudWatch"));
  const handle = awsEndpoint({ dynamodb: unused, s3: unused, json: alarmOperations(cloudWatch, now), query: {} });
  const aws = await bind(0, "", (request, response) => {
    calls.count++;
    return handle(request, response);
  });
  const client = new CloudWatchClient({
    endpoint: `http://127.0.0.1:${aws.port}`,
    region: "eu-west-1",
    credentials: LOCAL_CREDENTIALS,
    maxAttempts: 1,
  });
  atEnd(async () => {
    client.destroy();
    await aws.close();
  });
  const names = { resourceName: "sluice-dev", topicName: "sluice-dev-alarms" };
  const alarms = new CloudWatchAlarms({ client, ...names, region: "eu-west-1", isAws: false, uptime: now });
  return { alarms, cloudWatch, calls, client };
}
