import { Command } from "commander";
import * as z from "zod";
import { awsFailure } from "../operator/aws-failure.ts";
import type { OperatorTools } from "../operator/operator-tools.ts";
import { BOOTSTRAP, type DeployStack, selectStacks, stacksInOrder } from "../stacks/stack-order.ts";
import { type DeployPlace, preparePlace, tofuEnvironment } from "../stacks/tofu-stack.ts";
import { readDocument } from "../state/state-backend.ts";
import { S3StatePlace, type StatePlace } from "../state/state-bucket.ts";
import { UserError } from "../terminal/user-error.ts";
import { readVariables, writeVariables } from "../tofu/tofu-variables.ts";
import { bootstrapState } from "./bootstrap-state.ts";
import { AcmCertificateStore, type CertificateStore } from "./certificate-import.ts";
import { makeCertificate } from "./own-certificate.ts";

interface BootstrapOptions {
  readonly environment: string;
  readonly yes?: boolean;
  readonly certificate?: boolean;
}

/** What bootstrap does on AWS beside OpenTofu. */
export interface BootstrapClients {
  states(region: string): StatePlace;
  readonly certificates: CertificateStore;
}

const REAL_CLIENTS: BootstrapClients = {
  states: (region) => new S3StatePlace(region),
  certificates: new AcmCertificateStore(),
};

/** `sluice bootstrap`: the state's own place, and a certificate where there is no domain. */
export function bootstrapCommand(tools: OperatorTools, clients: BootstrapClients = REAL_CLIENTS): Command {
  return new Command("bootstrap")
    .description("make the place of the OpenTofu states, once before the first deploy; repeating it is safe")
    .requiredOption("--environment <name>", "the environment")
    .option("--yes", "apply without asking")
    .option("--certificate", "without a domain: also make a self-signed certificate for the load balancer, or renew it")
    .action((options: BootstrapOptions) =>
      bootstrap(options, tools, clients).catch((error: unknown) => {
        const failure = awsFailure(error);
        throw failure ? new UserError(`${failure.text}; ${failure.remedy}.`) : error;
      }),
    );
}

async function bootstrap(options: BootstrapOptions, tools: OperatorTools, clients: BootstrapClients): Promise<void> {
  const { environment: name, yes = false, certificate = false } = options;
  if (!yes && !tools.isInteractive)
    throw new UserError("There is no terminal to ask at; add --yes to go on without asking.");
  const place = await preparePlace(name, tools);
  const { environment } = place;
  if (certificate && environment.api.domain)
    throw new UserError(
      `${name} has the domain ${environment.api.domain.name}, whose certificate the serving stack gets from ACM; leave ` +
        "--certificate out.",
    );
  const stacks = stacksInOrder(place.outputFolder, name);
  const [stack] = selectStacks(stacks, [BOOTSTRAP]);
  if (!stack) throw new Error(`${name} was synthesized without its bootstrap stack`);
  await bootstrapState({ place, stack, states: clients.states(environment.region), asks: !yes }, tools);
  if (certificate) await ownCertificate(place, stacks, tools, clients.certificates);
}

async function ownCertificate(
  place: DeployPlace,
  stacks: readonly DeployStack[],
  tools: OperatorTools,
  store: CertificateStore,
): Promise<void> {
  const { environment, variablesFile } = place;
  const previous = readVariables(variablesFile).certificate_arn;
  const domain = certificateDomain(place, stacks, tools);
  const own = await makeCertificate(domain);
  const arn = await store.put(own, environment, previous === undefined ? undefined : String(previous));
  writeVariables(variablesFile, { certificate_arn: arn });
  tools.print(
    `Certificate for ${domain}: ${arn}${previous === undefined ? "" : " (renewed)"}\n` +
      `Kept as certificate_arn in ${variablesFile}; elsewhere, CI for one, set TF_VAR_certificate_arn.`,
  );
}

const Edge = z.looseObject({
  variable: z.looseObject({ certificate_domain: z.looseObject({ default: z.string() }) }),
});

/** The name that API Gateway will call: what the operator has set, or the edge stack's default. */
function certificateDomain(place: DeployPlace, stacks: readonly DeployStack[], tools: OperatorTools): string {
  const set = tofuEnvironment(place, tools).TF_VAR_certificate_domain;
  if (set !== undefined && set !== "") return set;
  const [edge] = selectStacks(stacks, ["edge"]);
  if (!edge) throw new Error("there is no edge stack");
  return Edge.parse(readDocument(edge.folder)).variable.certificate_domain.default;
}
