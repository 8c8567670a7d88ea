import { Fn, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { catalogModel } from "../catalog/models.ts";
import { DomainCertificate } from "../constructs/edge/domain-certificate.ts";
import type { SessionOrigin } from "../constructs/site/session-behavior.ts";
import { type SiteDomain, StaticSite } from "../constructs/site/static-site.ts";
import type { SiteConfig } from "../contracts/processes/site-config.ts";
import { hasBrowserSessions } from "../contracts/processes/token-exchange.ts";
import type { TokenPriceSettings } from "../contracts/targets/token-prices.ts";
import type { Environment } from "../settings/environment.ts";
import type { DataStack } from "./data-stack.ts";
import type { EdgeStack } from "./edge-stack.ts";
import { literalText } from "./literal-text.ts";
import { certificateProvider, configureStack, resourceName, stackId } from "./stack-settings.ts";

export interface SiteStackProps {
  readonly environment: Environment;
  readonly data: DataStack;
  readonly edge: EdgeStack;
  /** Folder of the built page. */
  readonly directory: string;
  /** Folder of the built console. */
  readonly consoleDirectory: string;
}

/** The demo page and its configuration. */
export class SiteStack extends TerraformStack {
  constructor(scope: Construct, { environment, data, edge, directory, consoleDirectory }: SiteStackProps) {
    super(scope, stackId(environment, "site"));
    configureStack(this, environment, "site");
    const site = new StaticSite(this, "Site", {
      name: resourceName(environment),
      kmsKeyArn: data.encryptionKey.arn,
      directory,
      consoleDirectory: environment.site.console === "on" ? consoleDirectory : undefined,
      config: siteConfig(environment, edge.apiUrl),
      domain: this.#domain(environment),
      sessions: sessionOriginOf(environment, edge),
      // A policy names origins, which have no path.
      apiOrigin: edge.stageInPath === undefined ? edge.apiUrl : Fn.trimsuffix(edge.apiUrl, `/${edge.stageInPath}`),
    });
    new TerraformOutput(this, "site_url", { description: "Address of the demo page.", value: site.url });
    new TerraformOutput(this, "site_bucket", { description: "Bucket of the page's files.", value: site.bucketName });
  }

  /** The page's own name with its certificate, which CloudFront reads in us-east-1 alone. */
  #domain(environment: Environment): SiteDomain | undefined {
    const { domain } = environment.site;
    if (domain === null) return undefined;
    const certificate = new DomainCertificate(this, "Certificate", {
      domainName: domain.name,
      hostedZoneId: domain.hostedZoneId,
      provider: certificateProvider(this, environment, "site"),
    });
    return { ...domain, certificateArn: certificate.arn };
  }
}

/** Where browsers' sessions are, which the console has where people sign in. */
function sessionOriginOf(environment: Environment, edge: EdgeStack): SessionOrigin | undefined {
  if (!hasBrowserSessions(environment)) return undefined;
  const { api } = environment;
  return {
    // The third part of https://host/stage.
    host: api.domain?.name ?? Fn.element(Fn.split("/", edge.apiUrl), 2),
    ...(edge.stageInPath === undefined ? {} : { path: `/${edge.stageInPath}` }),
  };
}

/** Shown in place of a repository: the bucket is nobody else's business. */
const OWN_WEIGHTS = "own weights";

type SiteModel = SiteConfig["models"][number];

/** Content of `config.json`. */
export function siteConfig(environment: Environment, apiUrl: string): SiteConfig {
  const { name, api, site, pools } = environment;
  return {
    environment: name,
    title: literalText(site.title),
    apiUrl,
    auth: api.auth,
    models: Object.entries(pools).map(([id, pool]) => {
      const model = catalogModel(pool.model);
      return {
        id,
        displayName: model.displayName,
        weights: pool.weights === null ? model.weights.id : OWN_WEIGHTS,
        contextTokens: pool.contextTokens,
        ...priceOf(pool.price, environment),
      };
    }),
    defaults: site.defaults,
    samplePrompts: site.samplePrompts.map(literalText),
    ...(api.auth === "required" ? {} : { visitors: { requestsPerMinute: api.requestsPerMinutePerIp } }),
    ...(site.console === "on" ? { console: consoleConfig(environment) } : {}),
  };
}

function consoleConfig({ api: { memberKeys }, identity: { people } }: Environment): SiteConfig["console"] {
  return { people: people !== null, ...(people === null || memberKeys === null ? {} : { memberKeys }) };
}

/** The price that every caller pays at any time; a page that shows another one would be wrong. */
function priceOf(price: TokenPriceSettings | undefined, { usage }: Environment): Pick<SiteModel, "price"> {
  const { inputUsdPerMillion, outputUsdPerMillion, priceChanges = [] } = price ?? {};
  const isOne = priceChanges.length === 0 && (usage?.markups ?? []).length === 0;
  if (!isOne || inputUsdPerMillion === undefined || outputUsdPerMillion === undefined) return {};
  return { price: { inputUsdPerMillion, outputUsdPerMillion } };
}
