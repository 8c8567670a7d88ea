import { Command } from "commander";
import * as z from "zod";
import { type AwsAccess, accessTo } from "../operator/aws-access.ts";
import { awsFailure } from "../operator/aws-failure.ts";
import type { OperatorTools } from "../operator/operator-tools.ts";
import { BOOTSTRAP, type DeployStack, selectStacks, stacksInOrder } from "../stacks/stack-order.ts";
import { type DeployWorkspace, prepareWorkspace, tofuEnvironment } from "../stacks/tofu-stack.ts";
import { readDocument } from "../state/state-backend.ts";
import { S3StateBuckets, type StateBuckets } from "../state/state-bucket.ts";
import { UserError } from "../terminal/user-error.ts";
import { readVariables, writeVariables } from "../tofu/tofu-variables.ts";
import { bootstrapState } from "./bootstrap-state.ts";
import { AcmCertificateStore, type CertificateStore } from "./certificate-import.ts";
import { makeCertificate } from "./self-signed-certificate.ts";

interface BootstrapOptions {
  readonly environment: string;
  readonly yes?: boolean;
  readonly certificate?: boolean;
}

/** The calls that bootstrap makes to AWS itself; all others are OpenTofu's. */
export interface BootstrapClients {
  states(access: AwsAccess): StateBuckets;
  readonly certificates: CertificateStore;
}

const REAL_CLIENTS: BootstrapClients = {
  states: (access) => new S3StateBuckets(access),
  certificates: new AcmCertificateStore(),
};

/**
 * `sluice bootstrap`: creates the bucket of the OpenTofu states, and a certificate for an environment without a domain.
 */
export function bootstrapCommand(tools: OperatorTools, clients: BootstrapClients = REAL_CLIENTS): Command {
  return new Command("bootstrap")
    .description(
      "create the bucket and lock table of the OpenTofu states, once before the first deploy; safe to repeat",
    )
    .requiredOption("--environment <name>", "the environment")
    .option("--yes", "apply without asking")
    .option(
      "--certificate",
      "also create or renew a self-signed certificate for the load balancer; for an environment without a domain",
    )
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
    throw new UserError(
      "Standard input is not a terminal, so the changes can't be confirmed; add --yes to apply them without a prompt.",
    );
  const workspace = await prepareWorkspace(name, tools);
  const { environment } = workspace;
  if (certificate && environment.api.domain)
    throw new UserError(
      `${name} has the domain ${environment.api.domain.name}, whose certificate the serving stack gets from ACM; leave ` +
        "--certificate out.",
    );
  const stacks = stacksInOrder(workspace.outputFolder, name);
  const [stack] = selectStacks(stacks, [BOOTSTRAP]);
  if (!stack) throw new Error(`${name} was synthesized without its bootstrap stack`);
  await bootstrapState({ workspace, stack, states: clients.states(accessTo(environment)), needsConsent: !yes }, tools);
  if (certificate) await putCertificate(workspace, stacks, tools, clients.certificates);
}

async function putCertificate(
  workspace: DeployWorkspace,
  stacks: readonly DeployStack[],
  tools: OperatorTools,
  store: CertificateStore,
): Promise<void> {
  const { environment, variablesFile } = workspace;
  const previous = readVariables(variablesFile).certificate_arn;
  const domain = certificateDomain(workspace, stacks, tools);
  const certificate = await makeCertificate(domain);
  const arn = await store.put(certificate, environment, previous === undefined ? undefined : String(previous));
  writeVariables(variablesFile, { certificate_arn: arn });
  tools.print(
    `Certificate for ${domain}: ${arn}${previous === undefined ? "" : " (renewed)"}\n` +
      `Saved as certificate_arn in ${variablesFile}; on other machines, such as CI, set TF_VAR_certificate_arn.`,
  );
}

const Edge = z.looseObject({
  variable: z.looseObject({ certificate_domain: z.looseObject({ default: z.string() }) }),
});

/** The host name that API Gateway calls: the operator's TF_VAR_certificate_domain, or the edge stack's default. */
function certificateDomain(workspace: DeployWorkspace, stacks: readonly DeployStack[], tools: OperatorTools): string {
  const set = tofuEnvironment(workspace, tools).TF_VAR_certificate_domain;
  if (set !== undefined && set !== "") return set;
  const [edge] = selectStacks(stacks, ["edge"]);
  if (!edge) throw new Error("there is no edge stack");
  return Edge.parse(readDocument(edge.folder)).variable.certificate_domain.default;
}
