import type { App } from "cdktf";
import type { Environment } from "../settings/environment.ts";
import { BootstrapStack } from "./bootstrap-stack.ts";
import { DataStack } from "./data-stack.ts";
import { EdgeStack } from "./edge-stack.ts";
import { MonitoringStack } from "./monitoring-stack.ts";
import { NetworkStack } from "./network-stack.ts";
import { ServingStack } from "./serving-stack.ts";
import { SiteStack } from "./site-stack.ts";

/** Outputs of `npm run build` that the stacks upload. */
export interface BuiltAssets {
  /** Folder of the demo page, with `index.html`. */
  readonly site: string;
  /** Folder of the console, with `index.html`. */
  readonly console: string;
  /** Folder of the Lambda bundles, one `<name>.zip` each. */
  readonly lambdas: string;
  /** Folder of the gateway's bundle, `server.mjs`. */
  readonly gateway: string;
}

/** All stacks of one environment, split by lifetime; a stack gets its inputs from the stacks before it. */
export function synthesizeEnvironment(app: App, environment: Environment, assets: BuiltAssets): void {
  new BootstrapStack(app, environment);
  const data = new DataStack(app, environment);
  const network = new NetworkStack(app, { environment, data });
  const serving = new ServingStack(app, {
    environment,
    network,
    data,
    lambdas: assets.lambdas,
    gateway: assets.gateway,
  });
  const edge = new EdgeStack(app, { environment, network, data, serving, lambdas: assets.lambdas });
  new MonitoringStack(app, { environment, data, serving, lambdas: assets.lambdas });
  // The page is served to the internet by CloudFront, where the API is then reachable too.
  if (environment.api.entry !== "private")
    new SiteStack(app, { environment, data, edge, directory: assets.site, consoleDirectory: assets.console });
}
