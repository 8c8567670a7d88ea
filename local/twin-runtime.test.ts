import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { expect, onTestFinished, test } from "vitest";
import { LOCAL_CREDENTIALS } from "./runtime/aws-environment.ts";
import { arnOf } from "./runtime/names.ts";
import { listener, loadBalancer } from "./services/elb/plugin.ts";
import { emptyRuntime, resource } from "./test/runtime.ts";
import { call, serve } from "./test/tools.ts";

test("stopping closes listeners before the twin's own addresses, and tables after them", async () => {
  const runtime = emptyRuntime();
  const [balancer, https] = [resource("aws_lb", "Main"), resource("aws_lb_listener", "Https")];
  await loadBalancer.start?.({}, balancer, runtime);
  const config = {
    load_balancer_arn: arnOf(balancer, runtime),
    port: 443,
    default_action: [{ type: "fixed-response" }],
  };
  await listener.start?.(config, https, runtime);
  const port = runtime.elb.listeners.get(arnOf(https, runtime))!.listener.port;
  expect((await call(port, "/")).status).toBe(200);
  const awsPort = await serve((request, response) => runtime.dynamodb.server.handle(request, response));
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${awsPort}`,
    region: "eu-west-1",
    credentials: LOCAL_CREDENTIALS,
  });
  onTestFinished(() => client.destroy());
  let isClosing = false;
  await runtime.stop(async () => {
    isClosing = true;
    await expect(call(port, "/")).rejects.toThrow("ECONNREFUSED");
    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual([]);
  });
  expect(isClosing).toBe(true);
});
