import { isAbsolute, join } from "node:path";
import { arnOf } from "../../runtime/names.ts";
import type { ResourcePlugin } from "../../runtime/plugin.ts";
import { asNumber, asText, block, isObject } from "../../template/json.ts";
import { awsEnvironment, takeMetrics } from "../ec2-autoscaling/plugin.ts";
import { LambdaFunction } from "./lambda-function.ts";

/** AWS's default of `timeout`, in seconds. */
const TIMEOUT_SECONDS = 3;

export const lambdaFunction: ResourcePlugin = {
  type: "aws_lambda_function",
  attributes: (resource, world) => {
    const arn = arnOf(resource, world);
    const path = `lambda:path/2015-03-31/functions/${arn}/invocations`;
    return {
      invoke_arn: `arn:aws:apigateway:${world.settings.region}:${path}`,
      qualified_arn: `${arn}:1`,
      version: "1",
    };
  },
  start(config, resource, world) {
    const file = asText(config.filename);
    const declared = block(config.environment)?.variables;
    const variables = isObject(declared) ? Object.entries(declared).map(([name, value]) => [name, asText(value)]) : [];
    const name = asText(config.function_name);
    world.lambdas.set(
      arnOf(resource, world),
      new LambdaFunction({
        name,
        zip: isAbsolute(file) ? file : join(resource.stack.folder, file),
        handler: asText(config.handler),
        timeoutSeconds: asNumber(config.timeout ?? TIMEOUT_SECONDS),
        environment: {
          ...Object.fromEntries(variables),
          ...awsEnvironment(world),
          // As in AWS's runtime: the SDK is not in the bundle, it is found here.
          NODE_PATH: join(world.settings.projectFolder, "node_modules"),
        },
        workFolder: join(world.settings.workFolder, "lambda"),
        output: {
          logFile: join(world.settings.workFolder, "logs", `${name}.log`),
          onLine: (line) => takeMetrics(line, world),
          onLogError: (error) => world.settings.report(`${name}: no log (${error.message})`),
        },
      }),
    );
  },
};
