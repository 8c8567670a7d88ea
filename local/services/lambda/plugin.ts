import { delimiter, dirname, isAbsolute, join } from "node:path";
import { ENV } from "../../../contracts/processes/process-environment.ts";
import { awsEnvironment } from "../../runtime/aws-environment.ts";
import { arnOf } from "../../runtime/names.ts";
import type { ResourcePlugin } from "../../runtime/plugin.ts";
import { asNumber, asText, block, isObject } from "../../template/json.ts";
import type { WithCloudWatch } from "../cloudwatch/runtime.ts";
import { LambdaFunction } from "./lambda-function.ts";
import type { WithLambda } from "./runtime.ts";

/** AWS's default of `timeout`, in seconds. */
const TIMEOUT_SECONDS = 3;

export const lambdaFunction: ResourcePlugin<WithLambda & WithCloudWatch> = {
  type: "aws_lambda_function",
  attributes(resource, runtime) {
    const arn = arnOf(resource, runtime);
    const path = `lambda:path/2015-03-31/functions/${arn}/invocations`;
    return {
      invoke_arn: `arn:aws:apigateway:${runtime.settings.region}:${path}`,
      qualified_arn: `${arn}:1`,
      version: "1",
    };
  },
  start(config, resource, runtime) {
    const { lambda, cloudwatch, settings } = runtime;
    const file = asText(config.filename);
    const declared = block(config.environment)?.variables;
    const variables = isObject(declared) ? Object.entries(declared).map(([name, value]) => [name, asText(value)]) : [];
    const stripeUrl = settings.passedEnvironment[ENV.stripeUrl];
    const name = asText(config.function_name);
    lambda.configurations.set(name, {
      FunctionName: name,
      FunctionArn: arnOf(resource, runtime),
      Environment: { Variables: Object.fromEntries(variables) },
    });
    lambda.functions.set(
      arnOf(resource, runtime),
      new LambdaFunction({
        name,
        zip: isAbsolute(file) ? file : join(resource.stack.folder, file),
        handler: asText(config.handler),
        timeoutSeconds: asNumber(config.timeout ?? TIMEOUT_SECONDS),
        environment: {
          ...Object.fromEntries(variables),
          ...awsEnvironment(settings),
          ...(settings.issuerUrl === undefined ? {} : { [ENV.localIssuer]: settings.issuerUrl }),
          ...(stripeUrl === undefined ? {} : { [ENV.stripeUrl]: stripeUrl }),
          // As in AWS's runtime: the SDK is not in the bundle, it is found here.
          NODE_PATH: packagesOf(settings.projectFolder),
        },
        workFolder: join(settings.workFolder, "lambda"),
        output: {
          logFile: join(settings.workFolder, "logs", `${name}.log`),
          onLine: (line) => cloudwatch.ingestLogLine(line),
          onLogError: (error) => settings.report(`${name}: no log (${error.message})`),
        },
      }),
    );
  },
};

/** In the order in which they start. */
export const LAMBDA_PLUGINS = {
  aws_lambda_function: lambdaFunction,
} as const;

/** Where a program finds its packages, as NODE_PATH: in its own folder, and beside it when it is a package itself. */
function packagesOf(folder: string): string {
  return [join(folder, "node_modules"), dirname(folder)].join(delimiter);
}
